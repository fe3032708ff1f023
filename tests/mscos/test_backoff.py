from mscos.processes.backoff import Backoff


def test_waits_double_to_a_minute_and_begin_anew_after_a_success():
    backoff = Backoff()
    assert [backoff.after_failure() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    backoff.after_success()
    assert backoff.after_failure() == 1
