from classic.checks import of_sales, of_totals

__all__ = ["of_sales", "of_totals"]
