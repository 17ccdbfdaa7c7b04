package dev.sluice.api.page;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the page signs users in.
 *
 * @param openid the OpenID provider; null if users enter a token
 */
@Validated
@ConfigurationProperties("sluice.page")
record PageProperties(@Valid @Nullable OpenId openid) {

  private static final String URI = "https?://[^\\s/?#]+(/[^\\s?#]*)?";

  /**
   * A public client of an OpenID provider, at which the page's URI is registered as a redirect URI.
   *
   * @param issuer the provider's URI, as in its tokens
   * @param clientId the client's name at the provider
   * @param scope the requested scopes, separated by spaces
   */
  record OpenId(
      @NotNull(message = "must be the provider's URI, such as https://login.example.org")
          @Pattern(
              regexp = URI,
              message = "must be the provider's URI, such as https://login.example.org")
          String issuer,
      @NotBlank(message = "must be the name of the page at the provider") String clientId,
      @DefaultValue("openid") String scope) {}
}
