#!/usr/bin/env escript
%%! -noinput
%% A TLS peer on Erlang's ssl. The command line is that of every program here:
%% see ../../support/own-program.ts.

main([Role | Arguments]) ->
    {ok, _} = application:ensure_all_started(ssl),
    Options = maps:from_list([pair(Argument) || Argument <- Arguments]),
    try
        case Role of
            "client" -> client(Options);
            "server" -> server(Options)
        end
    catch
        throw:Reason ->
            io:format(standard_error, "error: ~p~n", [Reason]),
            halt(1)
    end.

pair(Argument) ->
    [Key, Value] = string:split(Argument, "="),
    {Key, Value}.

client(Options) ->
    case connections(Options) of
        1 ->
            run(connect(Options, []));
        2 ->
            First = connect(Options, sessions(Options)),
            ok = ok(ssl:send(First, <<"first\n">>)),
            _ = exactly(First, 6),
            leave(First),
            {Early, Rest} = early(Options),
            Second = connect(Options, sessions(Options) ++ Early),
            Rest(Second),
            run(Second)
    end.

%% Sessions are kept, and used by the next connection to the same name.
sessions(#{"version" := "TLSv1.3", "connections" := "2"}) -> [{session_tickets, auto}];
sessions(#{"connections" := "2"}) -> [{reuse_sessions, save}];
sessions(_) -> [].

%% The file's content goes out as early data, and comes back before the rest.
early(#{"early" := File}) ->
    {ok, Data} = file:read_file(File),
    Rest = fun(Socket) ->
        write(exactly(Socket, byte_size(Data)))
    end,
    {[{early_data, Data}], Rest};
early(_) ->
    {[], fun(_) -> ok end}.

connect(#{"port" := Port, "name" := Name, "ca" := Ca} = Options, More) ->
    Own = [
        {verify, verify_peer},
        {cacertfile, Ca},
        {server_name_indication, Name}
        | More ++ named(Options, "alpn", fun(List) -> {alpn_advertised_protocols, List} end)
    ],
    {ok, Socket} = ok(
        ssl:connect({127, 0, 0, 1}, list_to_integer(Port), Own ++ common(Options), 20000)
    ),
    tell(Socket),
    Socket.

%% Standard input to the peer and back to standard output, piece by piece.
run(Socket) ->
    Input = open_port({fd, 0, 1}, [stream, binary, eof]),
    put(output, Input),
    pump(Input, Socket),
    leave(Socket).

pump(Input, Socket) ->
    receive
        {Input, {data, Data}} ->
            ok = ok(ssl:send(Socket, Data)),
            write(exactly(Socket, byte_size(Data))),
            pump(Input, Socket);
        {Input, eof} ->
            ok
    end.

write(Data) ->
    case get(output) of
        undefined -> ok = file:write(standard_io, Data);
        Port -> true = port_command(Port, Data)
    end.

%% Says close_notify, and insists on the peer's: then the TCP socket is ours.
leave(Socket) ->
    {ok, Tcp} = ok(ssl:close(Socket, {self(), 20000})),
    gen_tcp:close(Tcp).

exactly(Socket, Length) ->
    {ok, Data} = ok(ssl:recv(Socket, Length, 20000)),
    Data.

server(#{"port" := Port, "auth" := Auth} = Options) ->
    Verify =
        case Auth of
            "none" -> [{verify, verify_none}];
            "optional" -> [{verify, verify_peer}, {fail_if_no_peer_cert, false}];
            "required" -> [{verify, verify_peer}, {fail_if_no_peer_cert, true}]
        end,
    Own =
        [{ip, {127, 0, 0, 1}}, {reuseaddr, true}] ++ Verify ++ stateful(Options) ++
            named(Options, "ca", fun([Ca]) -> {cacertfile, binary_to_list(Ca)} end) ++
            named(Options, "alpn", fun(List) -> {alpn_preferred_protocols, List} end),
    {ok, Listener} = ok(ssl:listen(list_to_integer(Port), Own ++ common(Options))),
    serve(Listener, connections(Options)).

stateful(#{"version" := "TLSv1.3", "connections" := "2", "early" := "any"}) ->
    [{session_tickets, stateless}, {early_data, enabled}, {anti_replay, '10k'}];
stateful(#{"version" := "TLSv1.3", "connections" := "2"}) ->
    [{session_tickets, stateless}];
stateful(_) ->
    [].

serve(_, 0) ->
    ok;
serve(Listener, Left) ->
    {ok, Waiting} = ssl:transport_accept(Listener),
    {ok, Socket} = ok(ssl:handshake(Waiting, 20000)),
    tell(Socket),
    echo(Socket),
    serve(Listener, Left - 1).

echo(Socket) ->
    case ssl:recv(Socket, 0, 20000) of
        {ok, Data} ->
            ok = ok(ssl:send(Socket, Data)),
            echo(Socket);
        {error, closed} ->
            ssl:close(Socket);
        Other ->
            ok(Other)
    end.

common(#{"version" := Version} = Options) ->
    [{active, false}, {mode, binary}, {log_level, none}, {versions, [version(Version)]}] ++
        named(Options, "suites", fun(List) ->
            {ciphers, [ssl:str_to_suite(binary_to_list(Suite)) || Suite <- List]}
        end) ++
        named(Options, "groups", fun(List) ->
            {groups_option(Version), [binary_to_atom(Group) || Group <- List]}
        end) ++
        named(Options, "cert", fun([File]) -> {certfile, binary_to_list(File)} end) ++
        named(Options, "key", fun([File]) -> {keyfile, binary_to_list(File)} end).

groups_option("TLSv1.3") -> supported_groups;
groups_option("TLSv1.2") -> eccs.

version("TLSv1.3") -> 'tlsv1.3';
version("TLSv1.2") -> 'tlsv1.2'.

named(Options, Key, Make) ->
    case Options of
        #{Key := Value} -> [Make(binary:split(list_to_binary(Value), <<",">>, [global]))];
        _ -> []
    end.

connections(Options) ->
    list_to_integer(maps:get("connections", Options, "1")).

tell(Socket) ->
    {ok, Facts} = ssl:connection_information(Socket, [
        protocol, selected_cipher_suite, session_resumption
    ]),
    Alpn =
        case ssl:negotiated_protocol(Socket) of
            {ok, Name} -> Name;
            _ -> <<>>
        end,
    Resumed = proplists:get_value(session_resumption, Facts, unknown),
    io:format(standard_error, "secure version=~s suite=~s alpn=~s resumed=~p peer=~s~n", [
        tls_name(proplists:get_value(protocol, Facts)),
        ssl:suite_to_str(proplists:get_value(selected_cipher_suite, Facts)),
        Alpn,
        Resumed,
        peer(Socket)
    ]).

tls_name('tlsv1.3') -> "TLSv1.3";
tls_name('tlsv1.2') -> "TLSv1.2".

peer(Socket) ->
    case ssl:peercert(Socket) of
        {ok, Der} ->
            Certificate = public_key:pkix_decode_cert(Der, otp),
            io_lib:format("~0p", [element(7, element(2, Certificate))]);
        _ ->
            ""
    end.

ok({error, Reason}) -> throw(Reason);
ok(Fine) -> Fine.
