from ppocr_rare.utils.stats import Rejection, RejectionLog


def rejection(number, reason="label too long"):
    return Rejection(f"{number}.png", "word", reason, "30 characters")


def fill(count, **options):
    log = RejectionLog()
    for number in range(count):
        log.add(rejection(number, **options))
    return log


def test_counts_and_first_five_examples():
    log = fill(7)
    log.add(rejection(9, reason="empty label"))
    assert (len(log), dict(log.counts)) == (8, {"label too long": 7, "empty label": 1})
    assert [example.key for example in log.examples["label too long"]] == [f"{number}.png" for number in range(5)]


def test_merge_adds_counts_and_fills_up_the_examples():
    log, other = fill(3), fill(4)
    other.add(rejection(8, reason="empty label"))
    log.merge(other)
    assert dict(log.counts) == {"label too long": 7, "empty label": 1}
    assert [example.key for example in log.examples["label too long"]] == ["0.png", "1.png", "2.png", "0.png", "1.png"]
    assert len(other.examples["label too long"]) == 4


def test_summary_has_the_most_frequent_reason_first():
    log = fill(1, reason="empty label")
    log.merge(fill(2))
    log.add(Rejection("#7", "", "a reason"))
    assert log.summary() == [
        "label too long: 2",
        "    0.png ('word'): label too long: 30 characters",
        "    1.png ('word'): label too long: 30 characters",
        "a reason: 1",
        "    #7 (''): a reason",
        "empty label: 1",
        "    0.png ('word'): empty label: 30 characters",
    ]


def test_an_empty_log_has_nothing_to_say():
    assert (len(RejectionLog()), RejectionLog().summary()) == (0, [])
