from classic.assets import finance, sales

__all__ = ["finance", "sales"]
