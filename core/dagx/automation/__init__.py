"""What makes runs by itself: automation conditions, schedules and sensors. Sections 17 to 19.

Nothing here keeps time, launches a run or writes to a store: definitions are values, and the evaluation of a tick is a
function of its context that answers with what should happen.
"""
