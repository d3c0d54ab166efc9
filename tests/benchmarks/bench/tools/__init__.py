"""The same graph, written for each tool, and the commands that its users would type. One file for each tool."""
