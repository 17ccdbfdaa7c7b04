package dev.sluice.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Signs tokens and serves what others check them by (OpenID Connect Discovery 1.0). */
public final class OpenIdProvider implements AutoCloseable {

  /** Those of providers that are closed: a new key takes a second of processor time. */
  private static final Queue<RSAKey> UNUSED_KEYS = new ConcurrentLinkedQueue<>();

  private final RSAKey key;
  private final HttpServer server;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean hangs;

  public OpenIdProvider() throws JOSEException, IOException {
    RSAKey unused = UNUSED_KEYS.poll();
    key = unused != null ? unused : new RSAKeyGenerator(2048).keyID("key").generate();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    serve(
        "/.well-known/openid-configuration",
        """
        {"issuer": "%1$s", "jwks_uri": "%1$s/keys", "subject_types_supported": ["public"],
        "authorization_endpoint": "%1$s/authorize", "token_endpoint": "%1$s/token"}"""
            .formatted(issuer()));
    serve("/keys", new JWKSet(key.toPublicJWK()).toString());
    server.start();
  }

  private void serve(String path, String json) {
    server.createContext(
        path,
        exchange -> {
          asked.incrementAndGet();
          if (!hangs) {
            answer(exchange, json);
          }
        });
  }

  /**
   * Signs everybody in who comes for this client, with these roles and without a question (OpenID
   * Connect Core 1.0, 3.1; PKCE, RFC 7636).
   */
  public void signIn(String client, List<String> roles) {
    Map<String, String> challenges = new ConcurrentHashMap<>();
    server.createContext(
        "/authorize",
        exchange -> {
          Map<String, String> asked = form(exchange.getRequestURI().getRawQuery());
          boolean right =
              client.equals(asked.get("client_id"))
                  && "code".equals(asked.get("response_type"))
                  && "S256".equals(asked.get("code_challenge_method"));
          String code = "code" + challenges.size();
          challenges.put(code, asked.getOrDefault("code_challenge", ""));
          exchange
              .getResponseHeaders()
              .set(
                  "Location",
                  "%s?state=%s&%s"
                      .formatted(
                          asked.get("redirect_uri"),
                          asked.get("state"),
                          right ? "code=" + code : "error=invalid_request"));
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.createContext(
        "/token",
        exchange -> {
          Map<String, String> asked =
              form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          String challenge = challenges.remove(asked.getOrDefault("code", ""));
          if (challenge != null
              && challenge.equals(challengeOf(asked.getOrDefault("code_verifier", "")))) {
            answer(exchange, "{\"access_token\": \"%s\"}".formatted(unchecked(roles)));
          } else {
            answer(exchange, "{\"error\": \"invalid_grant\"}");
          }
        });
  }

  private String unchecked(List<String> roles) {
    try {
      return token("sluice", roles);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> form(String text) {
    return Stream.of(text.split("&"))
        .map(pair -> pair.split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }

  private static String challengeOf(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes requests from now on, and answers none. */
  void hang() {
    hangs = true;
  }

  /** How many requests came. */
  int asked() {
    return asked.get();
  }

  private static void answer(HttpExchange exchange, String json) throws IOException {
    try (exchange) {
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  public String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  String token(String audience, List<String> roles) throws JOSEException {
    return signed(audience, roles, Duration.ofMinutes(5));
  }

  String expiredToken(String audience, List<String> roles) throws JOSEException {
    return signed(audience, roles, Duration.ofMinutes(-5));
  }

  String unsignedToken(String audience, List<String> roles) {
    return new PlainJWT(claims(audience, roles, Duration.ofMinutes(5))).serialize();
  }

  /** One that names a key which the provider does not have. */
  String tokenOfKey(String id) throws JOSEException {
    return signed(id, claims("sluice", List.of("operator"), Duration.ofMinutes(5)));
  }

  /** One that never expires. */
  String tokenForEver() throws JOSEException {
    return signed(
        key.getKeyID(),
        new JWTClaimsSet.Builder(claims("sluice", List.of("operator"), Duration.ZERO))
            .expirationTime(null)
            .build());
  }

  /** One with roles that are no words. */
  String tokenWithOddRoles() throws JOSEException {
    return signed(
        key.getKeyID(),
        new JWTClaimsSet.Builder(claims("sluice", List.of(), Duration.ofMinutes(5)))
            .claim("roles", Arrays.asList(null, 1))
            .build());
  }

  /** One that is good, except for one claim. */
  String tokenWith(String claim, Object value) throws JOSEException {
    JWTClaimsSet good = claims("sluice", List.of("operator"), Duration.ofMinutes(5));
    Map<String, Object> claims = new HashMap<>(good.toJSONObject());
    claims.put(claim, value);
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
            new Payload(claims));
    token.sign(new RSASSASigner(key));
    return token.serialize();
  }

  /** Its key in a file of its own, as PEM. */
  Path publicKey() throws JOSEException, IOException {
    String pem =
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(key.toPublicKey().getEncoded()));
    return Files.writeString(Workspace.newPath("key"), pem);
  }

  private String signed(String audience, List<String> roles, Duration life) throws JOSEException {
    return signed(key.getKeyID(), claims(audience, roles, life));
  }

  private String signed(String keyId, JWTClaimsSet claims) throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId).build(), claims);
    jwt.sign(new RSASSASigner(key));
    return jwt.serialize();
  }

  private JWTClaimsSet claims(String audience, List<String> roles, Duration life) {
    return new JWTClaimsSet.Builder()
        .issuer(issuer())
        .subject("somebody")
        .audience(audience)
        .claim("roles", roles)
        .expirationTime(Date.from(Instant.now().plus(life)))
        .build();
  }

  @Override
  public void close() {
    server.stop(0);
    UNUSED_KEYS.add(key);
  }
}
