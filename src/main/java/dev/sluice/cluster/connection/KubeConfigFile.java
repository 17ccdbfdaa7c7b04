package dev.sluice.cluster.connection;

import dev.sluice.configuration.UnusableConfigurationException;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the values of a kubeconfig that may be in other files. Their paths are relative to the
 * folder of the kubeconfig. Error messages name the field, and contain no data, token or password.
 *
 * @param path the path of the kubeconfig
 */
record KubeConfigFile(Path path) {

  private static final Logger log = LoggerFactory.getLogger(KubeConfigFile.class);

  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final String MEND = "Correct it, or remove it from the file.";

  /**
   * A certificate or a key. All fields are null if it is not set.
   *
   * @param data its base64, if it is in the kubeconfig
   * @param path the path of its file, if it is in a file of its own
   * @param content its PEM text
   */
  record Pem(@Nullable String data, @Nullable String path, @Nullable String content) {

    boolean isSet() {
      return content != null;
    }

    /** Returns the algorithm of a key, by the header of its PEM. */
    String algorithm() {
      return content != null && content.contains("BEGIN EC PRIVATE KEY") ? "EC" : "RSA";
    }
  }

  /** Returns whether a value is set. An empty one is not, as in kubectl. */
  static boolean isSet(@Nullable String value) {
    return value != null && !value.isBlank();
  }

  static UnusableConfigurationException refusal(Object name, String problem, String remedy) {
    return new UnusableConfigurationException(
        "sluice.kubernetes.kubeconfig: %s cannot be used: %s.".formatted(name, problem), remedy);
  }

  UnusableConfigurationException refuse(String problem, String remedy) {
    return refusal(path, problem, remedy);
  }

  /** Refuses a field that is not supported, if it is set. */
  void refuseIfSet(String what, String field, @Nullable Object value, String remedy) {
    if (value != null && !"".equals(value)) {
      throw refuse(
          "its %s has %s, which this service does not support".formatted(what, field), remedy);
    }
  }

  static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "this user may not read it";
      default -> "it cannot be read (%s)".formatted(e.getMessage());
    };
  }

  /** Reads what may be in a field with data, or in a file. The data takes precedence. */
  Pem pem(String what, String field, @Nullable String data, @Nullable String name) {
    if (data != null && isSet(data)) {
      String plain = SPACE.matcher(data).replaceAll("");
      try {
        byte[] bytes = Base64.getDecoder().decode(plain);
        String content = new String(bytes, StandardCharsets.ISO_8859_1);
        return checked(what, field + "-data", new Pem(plain, null, content));
      } catch (IllegalArgumentException e) {
        throw refuse("%s-data of its %s is not in base64".formatted(field, what), MEND);
      }
    }
    if (name == null || !isSet(name)) {
      return new Pem(null, null, null);
    }
    Path other = path.resolveSibling(name);
    return checked(what, field, new Pem(null, other.toString(), content(what, field, other)));
  }

  private Pem checked(String what, String field, Pem pem) {
    String content = String.valueOf(pem.content());
    boolean isKey = field.startsWith("client-key");
    if (!content.contains("-----BEGIN ") || (!isKey && !hasCertificate(content))) {
      throw refuse(
          "%s of its %s has no %s in PEM".formatted(field, what, isKey ? "key" : "certificate"),
          MEND);
    }
    return pem;
  }

  private static boolean hasCertificate(String pem) {
    byte[] bytes = pem.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return !CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(bytes))
          .isEmpty();
    } catch (CertificateException e) {
      return false;
    }
  }

  private String content(String what, String field, Path other) {
    try {
      return Files.readString(other, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw refuse("%s of its %s is %s: %s".formatted(field, what, other, why(e)), MEND);
    }
  }

  /**
   * Returns a provider that reads the token from a file for each request. While the file cannot be
   * read, or is empty, the last token is used.
   */
  OAuthTokenProvider tokens(String what, String name) {
    Path other = path.resolveSibling(name);
    String first = content(what, "tokenFile", other).strip();
    if (first.isEmpty()) {
      throw refuse("tokenFile of its %s is %s, which is empty".formatted(what, other), MEND);
    }
    return new TokenFile(other, first);
  }

  /** Called by the threads of all requests. */
  private static final class TokenFile implements OAuthTokenProvider {

    private final Path path;
    private volatile String last;

    TokenFile(Path path, String first) {
      this.path = path;
      this.last = first;
    }

    @Override
    public String getToken() {
      try {
        String now = Files.readString(path, StandardCharsets.ISO_8859_1).strip();
        if (!now.isEmpty()) {
          last = now;
        }
      } catch (IOException e) {
        log.debug("Cannot read {}; the last token is used", path, e);
      }
      return last;
    }
  }
}
