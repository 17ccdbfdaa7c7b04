package dev.sluice.management;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.List;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.stereotype.Component;

/**
 * Keeps Spring from closing the beans that send telemetry, so that {@link LastTelemetry} can close
 * them in time. Finds them by type, whatever their names.
 */
@Component
final class ClosesLater implements BeanFactoryPostProcessor {

  private static final List<Class<?>> SENDERS =
      List.of(
          MeterRegistry.class,
          OpenTelemetry.class,
          SdkTracerProvider.class,
          SpanExporter.class,
          SpanProcessor.class);

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    for (Class<?> sender : SENDERS) {
      for (String name : beans.getBeanNamesForType(sender, true, false)) {
        if (beans.containsBeanDefinition(name)) {
          beans.getBeanDefinition(name).setDestroyMethodName("");
        }
      }
    }
  }
}
