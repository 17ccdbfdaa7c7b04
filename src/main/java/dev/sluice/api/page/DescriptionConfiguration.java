package dev.sluice.api.page;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves files for the API's description: Swagger UI, which shows it in a browser, if that is
 * switched on.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DescriptionProperties.class)
class DescriptionConfiguration {

  /** Permits scripts, images and requests of this origin only. */
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  /**
   * Serves no other files. A path at which there is nothing gets the same 404 as without any files.
   */
  @Bean
  WebMvcConfigurer noFiles() {
    return new WebMvcConfigurer() {
      @Override
      public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/**").addResourceLocations("classpath:/no-files/");
      }
    };
  }

  @Bean
  @ConditionalOnProperty("sluice.description.ui")
  WebMvcConfigurer swaggerUi() {
    return new WebMvcConfigurer() {
      @Override
      public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry
            .addResourceHandler(DescriptionProperties.UI + "**")
            .addResourceLocations(
                "classpath:/swagger-ui/", Webjars.folderOf("swagger-ui", "swagger-ui.css"));
      }

      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry
            .addInterceptor(new ContentPolicy(CONTENT_POLICY))
            .addPathPatterns(DescriptionProperties.UI + "**");
      }
    };
  }
}
