/** The help of each command of `puretls lab`. */

export const LAB_HELP = `Usage: puretls lab COMMAND [OPTIONS]

Says what a handshake does wrong, and sees what the other side makes of it.
Commands:
  run                play scenarios against a server or a client
  explore            draw which messages a peer accepts where
  list               list scenarios

puretls lab COMMAND --help lists the options of each. docs/lab.md is a guide.
Test your own peers, or those whose owner agrees.
`;

export const RUN_HELP = `Usage: puretls lab run [FILE...] [OPTIONS]

Plays scenarios: those that the modules FILE export (one, or lists), or those of
JSON files; without FILE, the library that ships. Against our own engine in
memory, where no peer is named. Ends with 1 where something failed.

Against what:
  --peer HOST:PORT   this server, which echoes what it gets
  --client COMMAND   a client, started by this command for each scenario: {port}
                     in it is the port of 127.0.0.1 to connect to
  --servername NAME  ask a server for this name

Selection:
  --only TEXT        those whose name, requirements or tags have this in them;
                     may be repeated, and all have to be there
  --replay FILE      the findings in a report of --json, with their seed
  --seed N           seed of all random bytes; default: 1 in memory, random
                     over a network
  --patience MS      how long to wait before a peer counts as silent;
                     default 3000

Output:
  --json             each result as JSON, with the scenario and the trace of
                     what failed
  --junit FILE       the results as JUnit's XML too
  --verbose          say what passed too
  --quiet            the count alone
`;

export const EXPLORE_HELP = `Usage: puretls lab explore [OPTIONS]

Says every message of a repertoire in every state that a handshake comes
through, and draws what the peer accepts. A peer over a network takes a
connection for each try, some hundreds in all. Without a peer, our own engine in
memory.

  --peer HOST:PORT   explore this server
  --client COMMAND   explore a client that this command starts; {port} in it is
                     the port of 127.0.0.1 to connect to
  --servername NAME  ask a server for this name
  --tls VERSION      1.3 (default) or 1.2
  --role ROLE        in memory: client or server, the side that misbehaves;
                     default client
  --depth N          messages out of place on one path; default 1
  --format FORMAT    dot (Graphviz; default), mermaid or json
  --all              draw what ends the connection too
  --seed N           seed of all random bytes
  --patience MS      how long to wait before a peer counts as silent;
                     default 250
`;

export const LIST_HELP = `Usage: puretls lab list [FILE...] [OPTIONS]

Lists scenarios with what they require: those that the modules FILE export, or
the library that ships.

  --only TEXT        those whose name, requirements or tags have this in them;
                     may be repeated, and all have to be there
  --json             the scenarios themselves, as JSON
`;
