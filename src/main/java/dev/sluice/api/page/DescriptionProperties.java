package dev.sluice.api.page;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The description of the API.
 *
 * @param ui whether Swagger UI is served, and everybody may read the description
 */
@ConfigurationProperties("sluice.description")
public record DescriptionProperties(@DefaultValue("false") boolean ui) {

  /** The path of the files of the page, which are public. */
  public static final String PAGE = "/page/";

  /** The path of Swagger UI. */
  public static final String UI = "/swagger-ui/";

  /** The path of the description. */
  public static final String PATH = "/v3/api-docs";
}
