package dev.sluice.access.openid;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Gets the keys of an OpenID provider, and before that their URI if it is not configured (OpenID
 * Connect Discovery 1.0, section 4).
 */
final class ProviderClient implements Callable<JWKSet> {

  private static final String WELL_KNOWN = ".well-known/openid-configuration";

  private final String issuer;
  private final @Nullable URI keys;

  /**
   * The maximum time of one response from its first byte to its last, so that a slow one ends too.
   */
  private final Duration timeout;

  private final long maxBytes;
  private final HttpClient http;

  /**
   * Creates a client.
   *
   * @param issuer the issuer's URI, as in its tokens; empty if only {@code keys} is configured
   * @param keys the URI of its keys; null to discover it
   */
  ProviderClient(String issuer, @Nullable URI keys, OpenIdProperties properties) {
    this.issuer = issuer;
    this.keys = keys;
    timeout = properties.timeout();
    maxBytes = properties.maxAnswer().toBytes();
    http =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  @Override
  public JWKSet call() throws Exception {
    URI uri = keys == null ? discovered() : keys;
    try {
      return JWKSet.parse(get(uri));
    } catch (ParseException e) {
      throw new IOException(uri + " has no JSON Web Key Set", e);
    }
  }

  private URI discovered() throws Exception {
    URI uri = URI.create(issuer + (issuer.endsWith("/") ? "" : "/") + WELL_KNOWN);
    JsonNode found;
    try {
      found = JsonMapper.shared().readTree(get(uri));
    } catch (JacksonException e) {
      throw new IOException(uri + " has no JSON", e);
    }
    if (!issuer.equals(found.path("issuer").asString(""))) {
      throw new IOException(uri + " names another issuer");
    }
    try {
      return URI.create(found.path("jwks_uri").asString(""));
    } catch (IllegalArgumentException e) {
      throw new IOException(uri + " names no place for its keys (jwks_uri)", e);
    }
  }

  private String get(URI uri) throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(
            HttpRequest.newBuilder(uri).header("Accept", "application/json").build(),
            BodyHandlers.limiting(BodyHandlers.ofString(), maxBytes));
    try {
      HttpResponse<String> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException("%s answers %d".formatted(uri, response.statusCode()));
      }
      return response.body();
    } catch (ExecutionException e) {
      throw new IOException("%s: %s".formatted(uri, e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException(uri + " does not answer in time", e);
    } finally {
      answer.cancel(true);
    }
  }
}
