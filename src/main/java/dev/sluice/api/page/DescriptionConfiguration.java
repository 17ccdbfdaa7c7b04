package dev.sluice.api.page;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Which files are shown: Swagger UI, which shows the description in a browser, where somebody has
 * switched it on.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DescriptionProperties.class)
class DescriptionConfiguration {

  /** Its scripts and pictures come from here, and what they send goes here. */
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  /** No others; a path at which there is nothing is refused as it is without any files. */
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
