package dev.sluice.access.http;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.apache.coyote.ActionCode;
import org.apache.coyote.BadRequestException;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, read as it arrives. Tomcat's own stream blocks, up to its timeout.
 * Confined to one thread at a time.
 */
public final class RequestBody {

  private static final ThreadLocal<@Nullable Request> CURRENT = new ThreadLocal<>();

  private final Request request;
  private final Lent lent = new Lent();

  private RequestBody(Request request) {
    this.request = request;
  }

  /** Notes that the current thread serves this request. */
  static void begin(Request request) {
    CURRENT.set(request);
  }

  /** Returns the body of the request that the current thread serves. */
  public static RequestBody current() {
    Request request = CURRENT.get();
    if (request == null) {
      throw new IllegalStateException("this thread serves no request of Tomcat's");
    }
    return new RequestBody(request);
  }

  /** Sends 100 Continue if the client waits for it. */
  public void invite() {
    request.getResponse().action(ActionCode.ACK, ContinueResponseTiming.ON_REQUEST_BODY_READ);
  }

  /** Returns whether the whole body was read. */
  public boolean isRead() {
    return request.isFinished();
  }

  /** Returns the length in bytes; -1 if the headers do not have it. */
  public long length() {
    return request.getContentLengthLong();
  }

  /**
   * Returns what Tomcat has read of the body already, in Tomcat's own buffer. The rest can then be
   * read from the connection, if the response closes it, because Tomcat reads no more from it then.
   */
  public ByteBuffer buffered() throws IOException {
    request.action(ActionCode.AVAILABLE, false);
    return request.getAvailable() > 0 && request.doRead(lent) > 0
        ? lent.buffer
        : ByteBuffer.allocate(0);
  }

  /**
   * Returns what has arrived, in Tomcat's own buffer; empty if that was not enough to decode.
   * Within the line before a chunk, and after the last chunk, it blocks for as long as a byte comes
   * now and then.
   *
   * @throws ProtocolException if the body is not encoded as its headers say
   * @throws IOException if the connection has ended within the body
   */
  public ByteBuffer read() throws IOException {
    request.action(ActionCode.AVAILABLE, true);
    if (request.getAvailable() <= 0) {
      return ByteBuffer.allocate(0);
    }
    try {
      return request.doRead(lent) < 0 ? ByteBuffer.allocate(0) : lent.buffer;
    } catch (BadRequestException e) {
      throw (ProtocolException) new ProtocolException("the body has wrong chunks").initCause(e);
    }
  }

  private static final class Lent implements ApplicationBufferHandler {

    private ByteBuffer buffer = ByteBuffer.allocate(0);

    @Override
    public void setByteBuffer(ByteBuffer given) {
      buffer = given;
    }

    @Override
    public ByteBuffer getByteBuffer() {
      return buffer;
    }

    /** Does nothing: Tomcat lends its own buffer, so none has to grow. */
    @Override
    public void expand(int size) {}
  }
}
