# http-peer.py PORT PATH UNREAD: gets the data, and closes its connection when all but the last UNREAD bytes of the
# response were read and those have come, too. "half" for UNREAD: it ends its own side at once.
import socket, sys, time

peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
peer.sendall(f"GET {sys.argv[2]} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
if sys.argv[3] == "half":
    peer.shutdown(socket.SHUT_WR)
    try:
        assert peer.recv(1) == b""
    except ConnectionResetError:
        pass
    sys.exit(0)
unread = int(sys.argv[3])
got = b""
while b"\r\n\r\n" not in got:
    got += peer.recv(1)
head, _, body = got.partition(b"\r\n\r\n")
lines = head.decode().lower().split("\r\n")
size = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
left = size - unread
while left > 0:
    left -= len(peer.recv(min(left, 1 << 20)))
while len(peer.recv(unread, socket.MSG_PEEK)) < unread:
    time.sleep(0.01)
peer.close()
