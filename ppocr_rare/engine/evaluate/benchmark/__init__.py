"""The benchmark page: what an evaluation counted, beside what others have published."""
