package dev.sluice.management;

import java.util.List;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.stereotype.Component;

/**
 * Takes from Spring what sends something when it is closed: {@link LastMetrics} and {@link
 * LastSpans} close it in their time, where Spring would wait without a limit for a collector that
 * has begun an answer.
 */
@Component
final class NoSecondClose implements BeanFactoryPostProcessor {

  private static final List<String> SENDERS =
      List.of(
          "compositeMeterRegistry",
          "otlpMeterRegistry",
          "otlpMeterRegistryVirtualThreads",
          "otlpHttpSpanExporter",
          "otlpGrpcSpanExporter",
          "otelSpanProcessor",
          "otelSdkTracerProvider",
          "openTelemetrySdk");

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    for (String sender : SENDERS) {
      if (beans.containsBeanDefinition(sender)) {
        BeanDefinition definition = beans.getBeanDefinition(sender);
        definition.setDestroyMethodName("");
      }
    }
  }
}
