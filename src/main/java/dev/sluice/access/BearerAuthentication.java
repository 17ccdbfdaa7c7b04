package dev.sluice.access;

import dev.sluice.access.openid.OpenIdConfiguration;
import dev.sluice.access.token.TokenIntrospector;
import dev.sluice.access.token.Tokens;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.OpaqueTokenAuthenticationProvider;
import org.springframework.stereotype.Component;

/** Authenticates bearer tokens: configured ones, and JWTs if an OpenID provider is configured. */
@Component
final class BearerAuthentication {

  private final boolean required;
  private final AuthenticationManager manager;

  BearerAuthentication(
      Tokens tokens,
      ObjectProvider<JwtDecoder> decoder,
      ObjectProvider<JwtAuthenticationConverter> converter,
      ObjectProvider<OAuth2ResourceServerProperties> provider) {
    JwtDecoder jwts = decoder.getIfAvailable();
    required = tokens.areConfigured() || jwts != null;
    List<AuthenticationProvider> providers = new ArrayList<>();
    providers.add(new OpaqueTokenAuthenticationProvider(new TokenIntrospector(tokens)));
    if (jwts != null) {
      provider.ifAvailable(properties -> OpenIdConfiguration.warnOfOthers(properties.getJwt()));
      providers.add(jwtProvider(jwts, converter.getIfAvailable()));
    }
    manager = new ProviderManager(providers);
  }

  private static AuthenticationProvider jwtProvider(
      JwtDecoder decoder, @Nullable JwtAuthenticationConverter converter) {
    JwtAuthenticationProvider provider =
        new JwtAuthenticationProvider(token -> decode(token, decoder));
    if (converter != null) {
      provider.setJwtAuthenticationConverter(
          token -> {
            try {
              return converter.convert(token);
            } catch (AuthenticationException e) {
              throw e;
            } catch (RuntimeException e) {
              throw new InvalidBearerTokenException("its claims have not the expected form", e);
            }
          });
    }
    return provider;
  }

  /**
   * Treats a failure of Spring's validators at claims of an unexpected type as an invalid token.
   */
  private static Jwt decode(String token, JwtDecoder decoder) {
    try {
      return decoder.decode(token);
    } catch (JwtException | AuthenticationException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new BadJwtException("its claims have not the expected form", e);
    }
  }

  /** Returns whether any kind of authentication is configured. */
  boolean isRequired() {
    return required;
  }

  AuthenticationManager manager() {
    return manager;
  }
}
