#!/usr/bin/env python3
"""The attribution benchmark: plays each case in network namespaces of its own, records it, and scores the owners that the recording names.

    bench.py [--verbose] [--peers] PROGRAMS CASE…     PROGRAMS is the directory of the built programs; all cases when none is named

--verbose shows every packet that was given to the wrong process or to none; --peers plays each case again with other programs looking on.
"""
import os
import signal
import sys

import judge
import peers
import wire
import routes  # Adds its own.
import variants  # Adds its own.
from cases import CASES
from stage import Stage

HEADINGS = ("case", "packets", "right", "wrong", "unattributed", "bytes", "")


def play(number, play_case, programs, asks_peers):
    """Answers a case's score, what its recorders lost, and what the peers said.

    nethogs is a sniffer, whose every call is recorded: with it the case is played for the peers alone."""
    stage = Stage(programs, number)
    others = peers.start(stage.a) if asks_peers else []
    try:
        played = play_case(stage)
        senders, rule = played if isinstance(played, tuple) else (played, None)
        lost = stage.end(*senders)
        total = judge.Score()
        near, far = [], []
        # Where somebody serves and nobody asks; a VPN's own end serves those who ask there.
        serving = {server.namespace for server in stage.servers}
        serving = serving - {sender.namespace for sender in senders} or serving
        for _, path, namespace in stage.recorders:
            packets = wire.read(stage.program("culprit"), path)
            (far if namespace in serving else near).extend(packets)
            home = stage.cast.get(namespace, set()) | stage.told
            total.add(judge.score(packets, home, stage.told, rule and (lambda *what, place=namespace: rule(place, *what))))
        total.bytes = judge.exact(near, far)
        for other in others:
            other.end()
        return total, lost, [(other.name, peers.score(other, near)) for other in others]
    finally:
        stage.close()


def row(number, title, score, lost):
    nobody = ", ".join(f"{reason} {count}" for reason, count in score.nobody.most_common())
    unjudged = f"; {score.unjudged} not judged" if score.unjudged else ""
    return (number, f"{score.packets}", f"{score.right}", f"{score.wrong}", nobody or "0", score.bytes,
            title + unjudged + (f"; LOST {', '.join(lost)}" if lost else ""))


def show(cells):
    print(f"{cells[0]:>4} {cells[1]:>8} {cells[2]:>8} {cells[3]:>6}  {cells[4]:<24} {cells[5]:<8} {cells[6]}", flush=True)


def main(arguments):
    verbose, asks_peers = ("--verbose" in arguments, "--peers" in arguments)
    programs, *wanted = [word for word in arguments if not word.startswith("--")]
    unknown = set(wanted) - {number for number, _, _ in CASES}
    if unknown:
        raise SystemExit(f"bench: there is no case {' '.join(sorted(unknown))}")
    show(HEADINGS)
    wrong = 0
    for number, title, play_case in CASES:
        if wanted and number not in wanted:
            continue
        score, lost, _ = play(number, play_case, os.path.abspath(programs), False)
        show(row(number, title, score, lost))
        others = play(number, play_case, os.path.abspath(programs), True)[2] if asks_peers else []
        for name, counts in others:
            show(("", counts.total(), counts["right"], counts["wrong"], counts["nobody"], "", f"{name}, of the packets with a claim that left"))
        wrong += score.wrong
        for word, some in (("wrong", score.wrongs if verbose else score.wrongs[:5]), ("missed", score.missed if verbose else [])):
            for packet, expected in some:
                print(f"       {word}: {packet}; it is {expected if isinstance(expected, str) else sorted(expected)[:8]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    # As SystemExit, so that what was made is removed.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    sys.exit(main(sys.argv[1:]))
