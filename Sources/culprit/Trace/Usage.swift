/// How the program is called, under its own name and as dtrace(1).
enum Usage {
  static func text(of program: String) -> String { program == "dtrace" ? dtrace : culprit }

  private static let culprit = """
    usage: culprit [-CeFGHhlqSvVwZ] [-b SIZE] [-c CMD] [-D NAME[=VALUE]] [-I DIR] [-L DIR] [-o FILE] [-p PID] [-U NAME]
                   [-x NAME[=VALUE]] [-X a|c|s|t] [-r FILE… | --interface IF…]
                   [-P PROVIDER] [-m MODULE] [-f FUNCTION] [-n NAME] [-i ID] [[/PREDICATE/] {ACTION}] [-s SCRIPT] [ARGS…]
           culprit record|packets|flows … (--help tells more)

      -n 'D…'         trace what the D program asks for: culprit -n 'syscall:::entry { @[probefunc] = count(); }'
      -s FILE         the same from a file; ARGS are its $1, $2 …
      --interface IF  packets of an interface fire packet probes; may be given again, any is all of them
      -r FILE         over a recording or a capture (pcap, pcapng, .gz; - is standard input) instead of this machine;
                      several are read as one
      -p PID, -c CMD  $target: a process that runs, or a command that is started for the run
      -l              list the probes that match instead of enabling them
      -e              compile only
      -C              run the C preprocessor over scripts first; -D, -U, -I, -H and -X are for it
      -q              print only what the program prints
      -o FILE         append the output to a file
      -w              allow destructive actions
      -x NAME=VALUE   set an option of D; DTRACE_OPT_NAME=VALUE in the environment does the same
      -Z              a description may match no probe
      --header, -G    of the providers that a SCRIPT declares: the C header that marks places as their probes; an object to link
    """

  private static let action = "[[ predicate ] action ]"

  private static let dtrace = """
    Usage: dtrace [-32|-64] [-CeFGhHlqSvVwZ] [-b bufsz] [-c cmd] [-D name[=def]]
    \t[-I path] [-L path] [-o output] [-p pid] [-s script] [-U name]
    \t[-x opt[=val]] [-X a|c|s|t]

    \t[-P provider \(action)]
    \t[-m [ provider: ] module \(action)]
    \t[-f [[ provider: ] module: ] func \(action)]
    \t[-n [[[ provider: ] module: ] func: ] name \(action)]
    \t[-i probe-id \(action)] [ args ... ]

    \tpredicate -> '/' D-expression '/'
    \t   action -> '{' D-statements '}'

    \t-32 -64  long has 4 bytes, or 8
    \t-b  the size of the trace buffer
    \t-c  run a command, and end with it
    \t-C  run cpp(1) over scripts; -D, -U, -I, -H and -X are its own
    \t-e  compile only
    \t-f -i -m -n -P  enable or list probes by function, number, module, name, provider
    \t-F  indent by the depth of the calls
    \t-G -h  write the object, the C header, of the providers that scripts declare
    \t-l  list probes instead of enabling them
    \t-L  a directory of D libraries
    \t-o  append the output to a file
    \t-p  a process that $target means
    \t-q  print only what the programs print
    \t-s  a D script
    \t-S  print the code that was made
    \t-v  say more
    \t-V  the version of the language
    \t-w  permit destructive actions
    \t-x  set an option
    \t-Z  permit descriptions that match no probe
    """
}
