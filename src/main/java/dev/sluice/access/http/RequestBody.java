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
 * The body of a request, read as it comes: Tomcat's stream waits for more, and no longer than its
 * timeout. Confined to one thread at a time.
 */
public final class RequestBody {

  private static final ThreadLocal<@Nullable Request> CURRENT = new ThreadLocal<>();

  private final Request request;
  private final Lent lent = new Lent();

  private RequestBody(Request request) {
    this.request = request;
  }

  /** The current thread serves a request from now on. */
  static void begin(Request request) {
    CURRENT.set(request);
  }

  /** That of the request that the current thread serves. */
  public static RequestBody current() {
    Request request = CURRENT.get();
    if (request == null) {
      throw new IllegalStateException("this thread serves no request of Tomcat's");
    }
    return new RequestBody(request);
  }

  /** Tells a client that waits for it to send the body (100 Continue). */
  public void invite() {
    request.getResponse().action(ActionCode.ACK, ContinueResponseTiming.ON_REQUEST_BODY_READ);
  }

  /** Whether all of it was read. */
  public boolean isRead() {
    return request.isFinished();
  }

  /** How many bytes it has; -1 if its headers do not say so. */
  public long length() {
    return request.getContentLengthLong();
  }

  /**
   * What Tomcat has read of it already, in a buffer that is Tomcat's. Others can read the rest, if
   * the response closes the connection: Tomcat looks for no more then.
   */
  public ByteBuffer buffered() throws IOException {
    request.action(ActionCode.AVAILABLE, false);
    return request.getAvailable() > 0 && request.doRead(lent) > 0
        ? lent.buffer
        : ByteBuffer.allocate(0);
  }

  /**
   * What has come, in a buffer that is Tomcat's; nothing if that has not been whole yet. Within the
   * line before a chunk, and after the last one, it waits as long as a byte comes now and then.
   *
   * @throws ProtocolException when it is not in the form that its headers say
   * @throws IOException when no more can come, though it is not all
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

    /** Tomcat lends its own buffer, so none has to grow. */
    @Override
    public void expand(int size) {}
  }
}
