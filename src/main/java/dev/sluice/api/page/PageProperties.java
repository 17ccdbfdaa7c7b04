package dev.sluice.api.page;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the page signs people in.
 *
 * @param openid the provider at which they do so; null if they enter a token
 */
@ConfigurationProperties("sluice.page")
record PageProperties(@Nullable OpenId openid) {

  /**
   * A public client of an OpenID provider, which knows the page's address as one to return to.
   *
   * @param issuer the provider's URI, as its tokens name it
   * @param clientId the client's name there
   * @param scope what is asked for, with a space between two
   */
  record OpenId(String issuer, String clientId, @DefaultValue("openid") String scope) {}
}
