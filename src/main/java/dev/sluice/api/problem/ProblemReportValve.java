package dev.sluice.api.problem;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * Responds with a problem if Tomcat refuses a request before any servlet sees it. Such a request
 * may have no valid URI, so the problem has no {@code instance}.
 */
final class ProblemReportValve extends ErrorReportValve {

  /** Turns 501 and 505 into 400: an unknown method or version of HTTP is the client's fault. */
  private static int refusal(int status) {
    return status == HttpStatus.NOT_IMPLEMENTED.value()
            || status == HttpStatus.HTTP_VERSION_NOT_SUPPORTED.value()
        ? HttpStatus.BAD_REQUEST.value()
        : status;
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable error) {
    int status = refusal(response.getStatus());
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    response.setStatus(status);
    HttpStatus known = HttpStatus.resolve(status);
    ProblemType type = known == null ? null : ProblemType.of(known);
    try {
      response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      response.setCharacterEncoding(StandardCharsets.UTF_8.name());
      Writer writer = response.getReporter();
      if (writer != null) {
        // Nothing from the request is repeated, so nothing needs escaping.
        writer.write(
            """
            {"type":"%s","title":"%s","status":%d,"detail":"the request was refused"}\
            """
                .formatted(
                    type == null ? "about:blank" : ProblemType.PATH + type.word(),
                    type == null ? "Status " + status : type.title(),
                    status));
        response.finishResponse();
      }
    } catch (IOException | IllegalStateException e) {
      getContainer().getLogger().debug("An error could not be reported", e);
    }
  }
}
