package dev.sluice.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.transmission.Dialect;
import dev.sluice.server.Conformance;
import dev.sluice.stream.Direction;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads both sides of a transmission by hand, checks that each request is replied to, in turn, and
 * knows what the client has made of the disk (specification: "Transmission").
 */
final class Transcript {

  private static final int MAX_PAYLOAD = 32 << 20;

  private final FuzzCase given;
  private final ByteBuffer sent;
  private final Replies replies;
  private final FuzzDisk disk;

  Transcript(FuzzCase given, byte[] sent, byte[] received) {
    this.given = given;
    this.sent = ByteBuffer.wrap(sent);
    this.replies = new Replies(given.dialect(), ByteBuffer.wrap(received));
    this.disk = new FuzzDisk(given.advertisedSize());
    if (given.direction() == Direction.READ) {
      disk.write(0, given.source());
    }
  }

  /** A request as it came. */
  private record Asked(int flags, int type, long cookie, long offset, long length) {}

  FuzzDisk disk() {
    return disk;
  }

  void check() {
    boolean extended = given.dialect() == Dialect.EXTENDED;
    boolean goesOn = true;
    while (goesOn && sent.remaining() >= (extended ? 32 : 28)) {
      int magic = sent.getInt();
      Asked asked =
          new Asked(
              Short.toUnsignedInt(sent.getShort()),
              Short.toUnsignedInt(sent.getShort()),
              sent.getLong(),
              sent.getLong(),
              extended ? sent.getLong() : Integer.toUnsignedLong(sent.getInt()));
      goesOn = magic == (extended ? 0x21e41c71 : 0x25609513) && checkReply(asked, extended);
    }
    replies.requireNoMore();
  }

  /** Checks the reply to a request: whether another may follow. */
  private boolean checkReply(Asked asked, boolean extended) {
    boolean bears = asked.type == Conformance.WRITE || (extended && (asked.flags & 32) != 0);
    if (bears && Long.compareUnsigned(asked.length, MAX_PAYLOAD) > 0) {
      return false;
    }
    if (asked.type == Conformance.DISC) {
      return false;
    }
    byte[] payload = new byte[bears ? (int) Math.min(asked.length, sent.remaining()) : 0];
    sent.get(payload);
    if (bears && payload.length < asked.length) {
      if (asked.type == Conformance.WRITE) {
        disk.begin(asked.offset, payload);
      }
      return false;
    }
    boolean isRead = asked.type == Conformance.READ;
    Replies.Reply reply = replies.next(asked.cookie, asked.offset, isRead ? asked.length : 0);
    if (reply.error() == 0) {
      apply(asked, payload, reply.content());
    }
    return true;
  }

  private void apply(Asked asked, byte[] payload, byte[] content) {
    boolean moves = asked.type != Conformance.FLUSH;
    if (moves && asked.type != Conformance.BLOCK_STATUS) {
      assertThat(Long.compareUnsigned(asked.offset, given.advertisedSize())).isNotPositive();
      assertThat(Long.compareUnsigned(asked.length, given.advertisedSize() - asked.offset))
          .as("a request that succeeded reaches beyond the end")
          .isNotPositive();
    }
    if (asked.type == Conformance.READ) {
      disk.requireRead(asked.offset, content);
      return;
    }
    boolean writes = asked.type == Conformance.WRITE || asked.type == Conformance.TRIM;
    if (writes || asked.type == Conformance.WRITE_ZEROES) {
      assertThat(given.direction()).isEqualTo(Direction.WRITE);
    }
    switch (asked.type) {
      case Conformance.WRITE -> disk.write(asked.offset, payload);
      case Conformance.WRITE_ZEROES -> disk.zero(asked.offset, asked.length);
      case Conformance.TRIM, Conformance.FLUSH, Conformance.CACHE, Conformance.BLOCK_STATUS -> {}
      default -> throw new AssertionError("a request of type " + asked.type + " succeeded");
    }
  }

  /** The other side. */
  private record Replies(Dialect dialect, ByteBuffer bytes) {

    /**
     * A reply.
     *
     * @param content what was read
     */
    record Reply(int error, byte[] content) {}

    void requireNoMore() {
      assertThat(bytes.remaining()).as("bytes that reply to nothing").isZero();
    }

    Reply next(long cookie, long offset, long length) {
      int magic = bytes.getInt();
      if (magic == 0x67446698) {
        return simple(cookie, length);
      }
      assertThat(magic).isEqualTo(dialect == Dialect.EXTENDED ? 0x6e8a278c : 0x668e33ef);
      assertThat(dialect).isNotEqualTo(Dialect.SIMPLE);
      return chunks(cookie, offset, length);
    }

    private Reply simple(long cookie, long length) {
      assertThat(dialect).isNotEqualTo(Dialect.EXTENDED);
      int error = bytes.getInt();
      assertThat(bytes.getLong()).isEqualTo(cookie);
      if (error != 0 || length == 0) {
        return new Reply(error, new byte[0]);
      }
      assertThat(dialect).isEqualTo(Dialect.SIMPLE);
      byte[] content = new byte[(int) length];
      bytes.get(content);
      return new Reply(0, content);
    }

    /** The chunks of one reply, of which the first one's magic has been read. */
    private Reply chunks(long cookie, long offset, long length) {
      boolean extended = dialect == Dialect.EXTENDED;
      byte[] content = new byte[0];
      boolean[] seen = new boolean[0];
      int error = 0;
      while (true) {
        int flags = bytes.getShort();
        int type = Short.toUnsignedInt(bytes.getShort());
        assertThat(bytes.getLong()).isEqualTo(cookie);
        if (extended) {
          assertThat(bytes.getLong()).isEqualTo(offset);
        }
        int size = extended ? Math.toIntExact(bytes.getLong()) : bytes.getInt();
        ByteBuffer payload = bytes.slice(bytes.position(), size);
        bytes.position(bytes.position() + size);
        switch (type) {
          case 0 -> assertThat(size).isZero();
          case 1, 2 -> {
            if (seen.length == 0) {
              content = new byte[(int) length];
              seen = new boolean[(int) length];
            }
            place(type, payload, offset, content, seen);
          }
          case 5, 6 -> checkStatus(type, payload);
          case 0x8001, 0x8002 -> {
            error = payload.getInt();
            int text = payload.getShort();
            assertThat(payload.remaining()).isEqualTo(type == 0x8002 ? text + 8 : text);
          }
          default -> throw new AssertionError("a chunk of type " + type);
        }
        if ((flags & 1) != 0) {
          break;
        }
        assertThat(bytes.getInt()).isEqualTo(extended ? 0x6e8a278c : 0x668e33ef);
      }
      for (int i = 0; error == 0 && i < length; i++) {
        assertThat(seen.length > i && seen[i]).as("byte %d of %d came", i, length).isTrue();
      }
      return new Reply(error, content);
    }

    private static void place(
        int type, ByteBuffer payload, long offset, byte[] content, boolean[] seen) {
      int at = Math.toIntExact(payload.getLong() - offset);
      int count = type == 2 ? payload.getInt() : payload.remaining();
      assertThat(count).isPositive();
      for (int i = at; i < at + count; i++) {
        assertThat(seen[i]).as("byte %d came twice", i).isFalse();
        seen[i] = true;
      }
      if (type == 1) {
        payload.get(content, at, count);
      } else {
        Arrays.fill(content, at, at + count, (byte) 0);
      }
    }

    private static void checkStatus(int type, ByteBuffer payload) {
      assertThat(payload.getInt()).isBetween(1, 2);
      if (type == 6) {
        assertThat(payload.getInt() * 16).isEqualTo(payload.remaining()).isPositive();
      } else {
        assertThat(payload.remaining() % 8).isZero();
      }
      while (payload.hasRemaining()) {
        long length = type == 6 ? payload.getLong() : Integer.toUnsignedLong(payload.getInt());
        assertThat(length).as("an extent's length").isPositive();
        payload.position(payload.position() + (type == 6 ? 8 : 4));
      }
    }
  }
}
