package dev.sluice.cli.remote.http;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Error messages for a service that could not be reached, with a hint of what may help. */
final class Unreachable {

  private static final int MAX_QUOTE = 100;
  private static final int REDIRECT = 300;
  private static final int CLIENT_ERROR = 400;

  private static final String WHERE = "(--url and SLUICE_URL say where it is)";

  private Unreachable() {}

  /** Returns the message for a request without a response. */
  static String text(URI base, Throwable failure) {
    return "%s cannot be reached: %s".formatted(base, why(base, failure));
  }

  private static String why(URI base, Throwable failure) {
    if (has(failure, UnresolvedAddressException.class)) {
      return "nobody knows the host %s %s".formatted(base.getHost(), WHERE);
    }
    if (has(failure, HttpConnectTimeoutException.class)) {
      return "nobody has taken the connection in time " + WHERE;
    }
    if (has(failure, ConnectException.class)) {
      return message(failure).orElse("the connection was refused") + "; is it running? " + WHERE;
    }
    if (has(failure, SSLException.class)) {
      return tls(message(failure).orElse("TLS has failed"));
    }
    return message(failure).orElse("the connection has broken");
  }

  private static String tls(String message) {
    if (message.contains("certification path") || message.contains("PKIX")) {
      return "its certificate is signed by nobody whom this program trusts; --ca=FILE names who"
          + " may sign it";
    }
    if (message.contains("SSL message")) {
      return "it does not speak TLS there; expected http instead of https?";
    }
    return "TLS has failed: " + message;
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> type) {
    return causes(failure).anyMatch(type::isInstance);
  }

  /** Returns the message of the innermost cause that has one. */
  private static Optional<String> message(Throwable failure) {
    return causes(failure)
        .filter(each -> !(each instanceof ExecutionException)) // whose text is the cause's name
        .map(Throwable::getMessage)
        .filter(text -> text != null && !text.isBlank())
        .reduce((_, last) -> last);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, each -> each != null, Throwable::getCause);
  }

  /** Returns the message for a response that is not of a Sluice service. */
  static String foreign(URI base, int status, HttpHeaders headers, String body) {
    if (status >= REDIRECT && status < CLIENT_ERROR) {
      return "%s has moved to %s (status %d); expected its own address, since no redirect is followed"
          .formatted(base, headers.firstValue("Location").orElse("another place"), status);
    }
    if (body.contains("requires TLS")) {
      return "%s speaks TLS there; expected https instead of http".formatted(base);
    }
    String text = body.strip().replaceAll("\\s+", " ");
    String quote = text.length() <= MAX_QUOTE ? text : text.substring(0, MAX_QUOTE) + "…";
    return "%s has not answered as a Sluice service does: status %d%s %s"
        .formatted(base, status, quote.isEmpty() ? "" : ", " + quote, WHERE);
  }
}
