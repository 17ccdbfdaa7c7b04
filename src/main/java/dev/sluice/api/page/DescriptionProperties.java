package dev.sluice.api.page;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the API is described.
 *
 * @param ui whether a browser can show the description and try requests, and everybody may read it
 */
@ConfigurationProperties("sluice.description")
public record DescriptionProperties(@DefaultValue("false") boolean ui) {

  /** Where the files of the page at the root are, for which nobody needs a token. */
  public static final String PAGE = "/page/";

  /** Where the pages of the UI are. */
  public static final String UI = "/swagger-ui/";

  /** Where the description is. */
  public static final String PATH = "/v3/api-docs";
}
