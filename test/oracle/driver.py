"""Answers JSON lines with what CPython's ssl module does.

{"new": name, "context": {...}}       makes a context
{"wrap": name, "of": context, ...}    wraps two BIOs around it
{"on": name, "call": [attribute, args...]}   calls, or reads an attribute
{"on": name, "set": [attribute, value]}
{"on": name, "feed": hex} {"on": name, "drain": true} {"on": name, "eof": true}
{"module": [function, args...]}
{"constants": true}                   the numbers of the module
{"ciphers": [strings]}                what each selects, null for an error
{"swap": ...} see below
Bytes are {"hex": ...} both ways.
"""

import json
import os
import ssl
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
# What a callback raises is expected, and compared.
sys.unraisablehook = lambda unraisable: None
objects = {}
folder = tempfile.TemporaryDirectory()


def path(text):
    handle, name = tempfile.mkstemp(dir=folder.name)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return name


def from_json(value):
    if isinstance(value, dict):
        if "hex" in value:
            return bytes.fromhex(value["hex"])
        if "file" in value:
            return path(value["file"])
        if "object" in value:
            return objects[value["object"]]
        if "constant" in value:
            result = ssl
            for part in value["constant"].split("."):
                result = getattr(result, part)
            return result
        if "float" in value:
            return float(value["float"])
        if "buffer" in value:
            return bytearray(value["buffer"])
        if "kwargs" in value:
            return value
        return {key: from_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [from_json(one) for one in value]
    return value


def to_json(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"hex": bytes(value).hex()}
    if isinstance(value, (list, tuple)):
        return [to_json(one) for one in value]
    if isinstance(value, dict):
        return {key: to_json(one) for key, one in value.items()}
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return int(value)
    return repr(type(value))


def make_context(name, options):
    context = ssl.SSLContext(from_json(options.get("protocol", {"constant": "PROTOCOL_TLS_CLIENT"})))
    objects[name] = context
    for key, value in options.get("set", []):
        setattr(context, key, from_json(value))
    for call in options.get("calls", []):
        run(context, call)


def run(target, call):
    attribute, *arguments = call
    named = {}
    values = []
    for argument in arguments:
        if isinstance(argument, dict) and "kwargs" in argument:
            named = {key: from_json(one) for key, one in argument["kwargs"].items()}
        else:
            values.append(from_json(argument))
    member = getattr(target, attribute)
    return member(*values, **named) if callable(member) else member


class Connection:
    def __init__(self, context, options):
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.object = context.wrap_bio(self.incoming, self.outgoing, **options)


def sni(context, how):
    def callback(connection, name, original):
        objects["sni"] = [name, connection.version(), connection.selected_alpn_protocol(), original is context]
        if "context" in how:
            connection.context = objects[how["context"]]
        if how.get("raise"):
            raise RuntimeError("in the callback")
        return how.get("answer")

    context.sni_callback = callback


def watch(context, name):
    """Keeps what the context's _msg_callback is called with."""
    seen = objects[name] = []

    def callback(connection, direction, version, content_type, message_type, data):
        seen.append([direction, int(version), int(content_type), int(message_type), bytes(data)])

    context._msg_callback = callback


def ciphers(strings):
    result = []
    for text in strings:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.set_ciphers(text)
            result.append([one["name"] for one in context.get_ciphers()])
        except (ssl.SSLError, ValueError):
            result.append(None)
    return result


# Libraries whose errors a TLS connection, a certificate or a key can bring.
LIBRARIES = {"SSL", "PEM", "X509", "ASN1"}


def texts():
    """OpenSSL's text for each reason that this module has a name for."""
    import _ssl
    import ctypes

    if not hasattr(_ssl, "err_names_to_codes"):
        return None
    text_of = ctypes.CDLL("libcrypto.so.3").ERR_reason_error_string
    text_of.restype = ctypes.c_char_p
    text_of.argtypes = [ctypes.c_ulong]
    found = {}
    for name, (library, code) in _ssl.err_names_to_codes.items():
        text = text_of((library << 23) | code)
        if text is not None and _ssl.lib_codes_to_names.get(library) in LIBRARIES:
            found[name] = text.decode()
    return found


def constants():
    """The numbers of the module by name."""
    kinds = ("ALERT_DESCRIPTION_", "CERT_", "OP_", "PROTOCOL_", "SSL_ERROR_", "VERIFY_")
    return {name: int(getattr(ssl, name)) for name in dir(ssl) if name.startswith(kinds)}


def answer(request):
    if "constants" in request:
        return constants()
    if "texts" in request:
        return texts()
    if "new" in request:
        return make_context(request["new"], request["context"])
    if "wrap" in request:
        options = {key: from_json(one) for key, one in request.get("options", {}).items()}
        objects[request["wrap"]] = Connection(objects[request["of"]], options)
        return None
    if "module" in request:
        return run(ssl, request["module"])
    if "ciphers" in request:
        return ciphers(request["ciphers"])
    if "messages" in request:
        return watch(objects[request["messages"]], request["as"])
    if "sni" in request:
        return sni(objects[request["sni"]], request["how"])
    if "keep" in request:
        objects[request["keep"]] = run(objects[request["on"]].object, request["call"])
        return None
    if "bio" in request:
        objects[request["bio"]] = ssl.MemoryBIO()
        return None
    target = objects[request["on"]]
    if "feed" in request:
        return target.incoming.write(bytes.fromhex(request["feed"]))
    if "eof" in request:
        return target.incoming.write_eof()
    if "drain" in request:
        return target.outgoing.read()
    if isinstance(target, Connection):
        target = target.object
    if isinstance(target, list):
        return target
    if "set" in request:
        attribute, value = request["set"]
        return setattr(target, attribute, from_json(value))
    return run(target, request["call"])


def failure(error):
    return {
        "error": type(error).__name__,
        "parents": [parent.__name__ for parent in type(error).__mro__],
        "message": str(error),
        "reason": getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else None,
        "library": getattr(error, "library", None) if isinstance(error, ssl.SSLError) else None,
        "errno": getattr(error, "errno", None) if isinstance(error, OSError) else None,
        "verifyCode": getattr(error, "verify_code", None),
        "verifyMessage": getattr(error, "verify_message", None),
    }


for line in sys.stdin:
    try:
        result = {"value": to_json(answer(json.loads(line)))}
    except Exception as error:
        result = failure(error)
    print(json.dumps(result), flush=True)
