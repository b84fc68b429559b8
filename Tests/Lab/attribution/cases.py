"""The cases: each a number, what it is, and a function that plays it on a stage and answers what the recordings hold of it.

The first fifteen are the hard ones; the letters are the ways to send. A case answers (senders, rule): who is to be waited for, and
what the payload cannot say of some packets.
"""
CASES = []


def case(number, title):
    def enter(play):
        CASES.append((str(number), title, play))
        return play
    return enter


@case(1, "2,000 processes that live for a millisecond")
def short_lived(stage):
    stage.server()
    stage.both()
    return [stage.kind("burst", stage.program("control"), 2000)]


@case(2, "parent and child write on one connection")
def forked(stage):
    stage.server()
    stage.both()
    return [stage.sender("forked"), stage.sender("forked-udp")]


@case(5, "two processes on one UDP port")
def reused(stage):
    stage.server()
    stage.both()
    return [stage.sender("reused")]


@case(11, "TCP and UDP on one address and port")
def both(stage):
    stage.server()
    stage.both()
    return [stage.sender("both")]
