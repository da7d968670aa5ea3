#!/usr/bin/env python3
"""Follows the feed "subsidy" with plain pyzmq (Debian: python3-zmq), resumes, and verifies.
  follow.py REQUESTS EVENTS KEYS_DIR STATE_FILE [--once] [--verify]
REQUESTS and EVENTS: endpoints of services.subsidy in suite.yaml. KEYS_DIR: subsidy-office.key and
.pub, subsidy.pub. Prints number, type, subject, payload (hexadecimal, baoxue.subsidy.v1.*).
STATE_FILE: the position, and count and hash of each day; replaced whole after each batch.
--verify compares the days with the service's own and exits 1 if one differs."""
import hashlib, json, os, struct, sys, time
from datetime import datetime, timedelta, timezone
import zmq

MAGIC, CHINA = b"BAOXUE/1", timezone(timedelta(hours=8))

def varint(n):
    out = b""
    while n > 0x7F:
        out, n = out + bytes([n & 0x7F | 0x80]), n >> 7
    return out + bytes([n])

def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value

def take_varint(data, at):
    n = shift = 0
    while True:
        n, shift, at = n | (data[at] & 0x7F) << shift, shift + 7, at + 1
        if data[at - 1] < 0x80:
            return n, at

def fields(data):
    """(number, value) of each field of a protobuf message: ints and bytes."""
    at = 0
    while at < len(data):
        key, at = take_varint(data, at)
        value, at = take_varint(data, at)
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        yield key >> 3, value

def one(data, number, default=b""):
    return next((v for n, v in fields(data) if n == number), default)

def unframe(frame):
    end = 12 + struct.unpack("<I", frame[8:12])[0]
    return frame[12:end], frame[end:]

class Office:
    def __init__(self, requests, events, keys, state_file):
        self.file, self.state = state_file, {"position": 0, "days": {}}
        if os.path.exists(state_file):
            self.state = json.load(open(state_file))
        read = lambda name: open(os.path.join(keys, name), "rb").read().strip()[:40]
        context = zmq.Context.instance()
        self.requests, self.events = context.socket(zmq.DEALER), context.socket(zmq.SUB)
        for socket, endpoint in ((self.requests, requests), (self.events, events)):
            socket.curve_secretkey = read("subsidy-office.key")
            socket.curve_publickey = read("subsidy-office.pub")
            socket.curve_serverkey, socket.linger = read("subsidy.pub"), 0
            socket.connect(endpoint)
        self.events.subscribe(MAGIC)

    def ask(self, kind, body, seconds=10):
        name = os.urandom(16)
        envelope = field(1, 1) + field(2, kind) + field(3, name) + field(9, seconds * 1000)
        self.requests.send(MAGIC + struct.pack("<I", len(envelope)) + envelope + body)
        end = time.monotonic() + seconds
        while self.requests.poll(max(0, int((end - time.monotonic()) * 1000))):
            envelope, answer = unframe(self.requests.recv())
            if one(envelope, 3) == name:
                status = one(envelope, 12)
                if one(status, 1, b"OK") != b"OK":
                    sys.exit("refused: " + one(status, 2).decode())
                return answer
        sys.exit("no answer: is the service up, and this key in its access.yaml?")

    def take(self, batch):
        for number, event in fields(batch):
            if number != 3 or one(event, 1, 0) != self.state["position"] + 1:
                continue  # the head, or an event that is not the next one
            seq, kind, subject = one(event, 1), one(event, 3).decode(), one(event, 4).decode()
            payload, seconds = one(event, 7), one(one(event, 5), 1, 0)
            day = str(datetime.fromtimestamp(seconds, CHINA).date())
            seen = self.state["days"].setdefault(day, {"count": 0, "hash": "00" * 32})
            line = f"{seq}|{kind}|{subject}|{hashlib.sha256(payload).hexdigest()}"
            mix = bytes.fromhex(seen["hash"]) + line.encode()
            seen["count"], seen["hash"] = seen["count"] + 1, hashlib.sha256(mix).hexdigest()
            print(seq, kind, subject, payload.hex(), flush=True)
            self.state["position"] = seq
        with open(self.file + ".new", "w") as f:
            json.dump(self.state, f)
        os.replace(self.file + ".new", self.file)
        return one(batch, 2, 0) <= self.state["position"]  # field 2: the feed's head

    def catch_up(self):
        while not self.take(self.ask("baoxue.bus.v1.FetchEvents", field(1, "subsidy") +
                                     field(2, self.state["position"]) + field(3, 1000))):
            pass

    def verify(self):
        wrong = 0
        for _, day in fields(self.ask("baoxue.subsidy.v1.GetFeedDays", b"")):
            name = "%04d-%02d-%02d" % tuple(one(one(day, 1), n, 0) for n in (1, 2, 3))
            mine = self.state["days"].get(name, {"count": 0, "hash": ""})
            same = (mine["count"], mine["hash"]) == (one(day, 2, 0), one(day, 5).decode())
            print(name, one(day, 2, 0), "same" if same else "DIFFERS", file=sys.stderr)
            wrong += not same
        return 1 if wrong else 0

if __name__ == "__main__":
    office = Office(*sys.argv[1:5])
    office.catch_up()
    if "--verify" in sys.argv:
        sys.exit(office.verify())
    while "--once" not in sys.argv:  # live; whatever was lost is fetched
        if not office.take(unframe(office.events.recv())[1]):
            office.catch_up()
