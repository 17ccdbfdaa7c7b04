package dev.sluice.access.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * Does not wait for the rest of a body when the response was sent before all of it arrived. Tomcat
 * would read the rest on the request's thread for as long as a byte comes now and then, and at
 * least once, whatever {@code max-swallow-size} is. What is there already is read, so that a client
 * which sent everything at once gets the response and not a reset. Then the connection is closed.
 */
public final class UnreadBodyValve extends ValveBase {

  /** Longer than any body that a controller accepts. */
  private static final int MAX_BYTES = 128 * 1024;

  /** Creates a valve. */
  public UnreadBodyValve() {
    super(true); // an asynchronous request passes until it has ended
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    RequestBody.begin(request.getCoyoteRequest());
    // After an async dispatch Tomcat reads no more. Closing here would be an error.
    boolean later = request.isAsyncDispatching();
    getNext().invoke(request, response); // after a failure Tomcat does not wait either
    if (!later && !request.isAsync() && !request.getCoyoteRequest().isFinished()) {
      leaveUnread(request.getCoyoteRequest(), response);
    }
  }

  private static void leaveUnread(org.apache.coyote.Request request, Response response)
      throws IOException {
    // Reading a chunk can wait for the end of a line, so only a body of known length is read.
    if (contentLength(request) > 0) {
      readWhatIsThere(request);
    }
    if (!request.isFinished()) {
      if (!response.isCommitted()) {
        response.setHeader("Connection", "close");
      }
      response.finishResponse(); // anything not sent yet would become an error
      request.action(ActionCode.DISABLE_SWALLOW_INPUT, null); // and closes the connection
    }
  }

  /**
   * Returns the length in bytes; -1 if there is no valid one. Tomcat fails at a header that comes
   * twice.
   */
  private static long contentLength(org.apache.coyote.Request request) {
    try {
      return request.getContentLengthLong();
    } catch (IllegalArgumentException notOneNumber) {
      return -1;
    }
  }

  private static void readWhatIsThere(org.apache.coyote.Request request) throws IOException {
    Drain drain = new Drain();
    int left = MAX_BYTES;
    while (left > 0 && !request.isFinished()) {
      request.action(ActionCode.AVAILABLE, true);
      if (request.getAvailable() <= 0) {
        return;
      }
      int length = request.doRead(drain);
      if (length < 0) {
        return;
      }
      left -= length;
    }
  }

  private static final class Drain implements ApplicationBufferHandler {

    private ByteBuffer buffer = ByteBuffer.allocate(0);

    @Override
    public void setByteBuffer(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public @Nullable ByteBuffer getByteBuffer() {
      return buffer;
    }

    /** Does nothing: Tomcat lends its own buffer, so none has to grow. */
    @Override
    public void expand(int size) {}
  }
}
