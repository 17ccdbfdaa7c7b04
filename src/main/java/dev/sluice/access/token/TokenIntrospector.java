package dev.sluice.access.token;

import java.util.List;
import java.util.Map;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OAuth2IntrospectionException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;

/** Looks up configured tokens, in place of an introspection request to an authorization server. */
public final class TokenIntrospector implements OpaqueTokenIntrospector {

  private final Tokens tokens;

  /** Creates an introspector of these tokens. */
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

  /**
   * Returns a failure instead of a refusal while the file of tokens cannot be used, because the
   * token may be valid.
   */
  private OAuth2IntrospectionException unknown() {
    return tokens
        .trouble()
        .map(trouble -> new OAuth2IntrospectionException("the file of tokens cannot be used"))
        .orElseGet(() -> new BadOpaqueTokenException("the token is not valid"));
  }
}
