package dev.sluice.server.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.nbd.Protocol;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An option of Sluice's own, by which a pod proves that it relays a client. It is sent twice: with
 * the pod's name, to which the owner replies with a challenge, and with the client's address and a
 * signature, to which the owner replies with ACK. docs/decisions/one-entrance.md says why.
 */
public final class RelayOption {

  /** The code of the option, and the type of the reply with the challenge. */
  public static final int CODE = 0x536c7543;

  /** Bytes. */
  static final int CHALLENGE_LENGTH = 16;

  /** Bytes of a name: it is that of a Lease, which Kubernetes limits to this. */
  private static final int MAX_NAME = 253;

  private static final byte[] PURPOSE = "Sluice relays an NBD client 1".getBytes(UTF_8);

  private RelayOption() {}

  /** The data with which the option is sent the second time. */
  static final class Proof {

    private final byte[] address;
    private final byte[] signature;

    /**
     * Creates a proof without checking it.
     *
     * @param address the client's address: 4 or 16 bytes, or none if it has no address
     * @param signature the signature of the statement
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

    /** Returns whether the address has a valid length. */
    boolean isWellFormed() {
      return address.length == 0 || address.length == 4 || address.length == 16;
    }

    @Nullable InetAddress client() {
      try {
        return address.length == 0 ? null : InetAddress.getByAddress(address);
      } catch (UnknownHostException e) {
        throw new IllegalStateException("isWellFormed was not checked", e);
      }
    }
  }

  static byte[] bytes(@Nullable InetAddress client) {
    return client == null ? new byte[0] : client.getAddress();
  }

  /** Returns the bytes to sign. They are valid for one connection, one owner and one client. */
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

  /** Returns the name; empty if it is too long, which is no pod's name. */
  static String decodeName(ByteBuffer data) {
    byte[] bytes = new byte[Math.min(data.remaining(), MAX_NAME + 1)];
    data.get(bytes);
    return bytes.length > MAX_NAME ? "" : new String(bytes, UTF_8);
  }

  /** Encodes the reply with the challenge. */
  static ByteBuffer challenge(byte[] challenge) {
    return ByteBuffer.allocate(Protocol.OPTION_REPLY_HEADER_LENGTH + challenge.length)
        .putLong(Protocol.OPTION_REPLY_MAGIC)
        .putInt(CODE)
        .putInt(CODE)
        .putInt(challenge.length)
        .put(challenge)
        .flip();
  }

  /** Encodes any option, as a client sends it. */
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
