"""The seven test sets of the literature: what their authors distribute, and the subsets that papers report."""
