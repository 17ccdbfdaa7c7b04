package dev.sluice.access.token;

import java.util.List;
import java.util.Map;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OAuth2IntrospectionException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;

/** Knows the configured tokens, where Spring Security would ask an authorization server. */
public final class TokenIntrospector implements OpaqueTokenIntrospector {

  private final Tokens tokens;

  /** One that knows those of {@code tokens}. */
  public TokenIntrospector(Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public OAuth2AuthenticatedPrincipal introspect(String presented) {
    Token token = tokens.find(presented).orElseThrow(this::unknown);
    String name = "token " + token.id();
    return new DefaultOAuth2AuthenticatedPrincipal(
        name, Map.of("sub", name), List.of(new SimpleGrantedAuthority(token.role().authority())));
  }

  /** While the file of tokens cannot be used, nobody can say that a token is wrong. */
  private OAuth2IntrospectionException unknown() {
    return tokens
        .trouble()
        .map(trouble -> new OAuth2IntrospectionException("the file of tokens cannot be used"))
        .orElseGet(() -> new BadOpaqueTokenException("the token is not valid"));
  }
}
