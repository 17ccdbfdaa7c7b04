package dev.sluice.cli.remote.http;

import dev.sluice.cli.common.ErrorLine;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.TimeConverter;
import dev.sluice.cli.common.UsageException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the connection: the service, the token, and the trusted certificates. */
public final class ServiceOptions {

  private static final String URL_VARIABLE = "SLUICE_URL";
  private static final String CA_VARIABLE = "SLUICE_CA";
  private static final String DEFAULT_URL = "http://127.0.0.1:8080";
  private static final Duration CONNECT = Duration.ofSeconds(10);

  @Option(
      names = "--url",
      paramLabel = "URL",
      order = 80,
      description = "Where the service is; by default $SLUICE_URL, or http://127.0.0.1:8080.")
  private @Nullable String url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      order = 81,
      description = "What has the bearer token; by default $SLUICE_TOKEN, or $SLUICE_TOKEN_FILE.")
  private @Nullable String tokenFile;

  @Option(names = "--token", paramLabel = "TOKEN", arity = "0..1", hidden = true)
  private @Nullable String token;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      order = 82,
      description =
          "Who may sign the service's certificate (PEM); by default $SLUICE_CA, or those whom Java"
              + " trusts.")
  private @Nullable String ca;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      order = 83,
      defaultValue = "30s",
      converter = TimeConverter.class,
      description = "How long a request may take (${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ZERO;

  /** For picocli. */
  public ServiceOptions() {}

  /**
   * Creates the client of the service.
   *
   * @param err for warnings
   * @throws UsageException when an option or a variable has an invalid value
   */
  public Service service(Surroundings surroundings, PrintWriter err) {
    if (token != null) {
      throw new UsageException(
          "--token: everybody on this machine could see it (ps); expected --token-file, or the"
              + " variable SLUICE_TOKEN or SLUICE_TOKEN_FILE");
    }
    Function<String, @Nullable String> variables = surroundings.variables();
    URI base = base(variables);
    Optional<String> bearer = BearerToken.find(tokenFile, variables);
    if (bearer.isPresent()) {
      warnIfReadable(base, err);
    }
    HttpClient.Builder http =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(timeout.compareTo(CONNECT) < 0 ? timeout : CONNECT);
    String authorities = ca != null ? ca : variables.apply(CA_VARIABLE);
    if (authorities != null && !authorities.isEmpty()) {
      http.sslContext(Trust.in(authorities));
    }
    return new Service(
        http.build(), base, bearer.orElse(null), timeout, target -> warnIfReadable(target, err));
  }

  private static void warnIfReadable(URI tokenGoesTo, PrintWriter err) {
    String host = tokenGoesTo.getHost();
    if ("http".equalsIgnoreCase(tokenGoesTo.getScheme()) && !isLoopback(host)) {
      ErrorLine.warn(
          err,
          "the token goes to %s unencrypted, so everybody on the way can read it; use https"
              .formatted(host));
    }
  }

  private URI base(Function<String, @Nullable String> variables) {
    String variable = variables.apply(URL_VARIABLE);
    boolean set = variable != null && !variable.isEmpty();
    String text = url != null ? url : set ? Objects.requireNonNull(variable) : DEFAULT_URL;
    String source = url != null ? "--url" : URL_VARIABLE;
    URI base;
    try {
      base = new URI(text.replaceFirst("/+$", ""));
    } catch (URISyntaxException e) {
      throw wrong(source, text);
    }
    boolean web = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
    if (!web
        || base.getHost() == null
        || base.getRawQuery() != null
        || base.getRawFragment() != null) {
      throw wrong(source, text);
    }
    if (base.getRawUserInfo() != null) {
      throw new UsageException(
          "%s: a name or password in it is not sent; expected --token-file".formatted(source));
    }
    return base;
  }

  private static UsageException wrong(String source, String text) {
    return new UsageException(
        "%s=%s: it is no address of a service; expected such as https://sluice.example.org:8080"
            .formatted(source, text));
  }

  /** Returns whether a host is this machine. Does not ask the DNS. */
  private static boolean isLoopback(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
