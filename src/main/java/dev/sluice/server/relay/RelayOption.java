package dev.sluice.server.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.nbd.Protocol;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An option of Sluice's own, by which a pod says that it speaks for a client. It is sent twice:
 * with the pod's name, which is answered by a challenge, and with the client's address and the
 * pod's signature, which is answered by ACK. docs/decisions/one-entrance.md says why.
 */
public final class RelayOption {

  /** The option's number, and that of the reply that is a challenge. */
  public static final int CODE = 0x536c7543;

  static final int CHALLENGE_LENGTH = 16;

  /** What a name can have: that of a Lease of Kubernetes. */
  private static final int MAX_NAME = 253;

  private static final byte[] PURPOSE = "Sluice relays an NBD client 1".getBytes(UTF_8);

  private RelayOption() {}

  /** What a pod has to say to speak for a client. */
  static final class Proof {

    private final byte[] address;
    private final byte[] signature;

    /**
     * One that may be wrong.
     *
     * @param address the client's, with no bytes if it has none
     * @param signature of the statement
     */
    Proof(byte[] address, byte[] signature) {
      this.address = address.clone();
      this.signature = signature.clone();
    }

    byte[] address() {
      return address.clone();
    }

    byte[] signature() {
      return signature.clone();
    }

    static Proof decode(ByteBuffer data) {
      int length = data.hasRemaining() ? Byte.toUnsignedInt(data.get()) : 0;
      byte[] address = new byte[Math.min(length, data.remaining())];
      data.get(address);
      byte[] signature = new byte[data.remaining()];
      data.get(signature);
      return new Proof(address, signature);
    }

    ByteBuffer encode() {
      return ByteBuffer.allocate(1 + address.length + signature.length)
          .put((byte) address.length)
          .put(address)
          .put(signature)
          .flip();
    }

    /** Whether what it has for an address is one, or none. */
    boolean isWellFormed() {
      return address.length == 0 || address.length == 4 || address.length == 16;
    }

    @Nullable InetAddress client() {
      try {
        return address.length == 0 ? null : InetAddress.getByAddress(address);
      } catch (UnknownHostException e) {
        throw new IllegalStateException("it was looked at before", e);
      }
    }
  }

  static byte[] bytes(@Nullable InetAddress client) {
    return client == null ? new byte[0] : client.getAddress();
  }

  /** What is signed: it is about one connection, to one pod, for one client. */
  static byte[] statement(byte[] challenge, String owner, byte[] client) {
    byte[] name = owner.getBytes(UTF_8);
    return ByteBuffer.allocate(
            PURPOSE.length + challenge.length + 2 * Integer.BYTES + name.length + client.length)
        .put(PURPOSE)
        .put(challenge)
        .putInt(name.length)
        .put(name)
        .putInt(client.length)
        .put(client)
        .array();
  }

  static ByteBuffer encodeName(String name) {
    return ByteBuffer.wrap(name.getBytes(UTF_8));
  }

  /** What may be a name; others are nobody's. */
  static String decodeName(ByteBuffer data) {
    byte[] bytes = new byte[Math.min(data.remaining(), MAX_NAME + 1)];
    data.get(bytes);
    return bytes.length > MAX_NAME ? "" : new String(bytes, UTF_8);
  }

  /** The reply that is a challenge. */
  static ByteBuffer challenge(byte[] challenge) {
    return ByteBuffer.allocate(Protocol.OPTION_REPLY_HEADER_LENGTH + challenge.length)
        .putLong(Protocol.OPTION_REPLY_MAGIC)
        .putInt(CODE)
        .putInt(CODE)
        .putInt(challenge.length)
        .put(challenge)
        .flip();
  }

  /** Any option, as a client sends it. */
  static ByteBuffer option(int code, ByteBuffer data) {
    ByteBuffer content = data.duplicate();
    return ByteBuffer.allocate(Protocol.OPTION_HEADER_LENGTH + content.remaining())
        .putLong(Protocol.IHAVEOPT)
        .putInt(code)
        .putInt(content.remaining())
        .put(content)
        .flip();
  }
}
