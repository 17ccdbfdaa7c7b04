package dev.sluice.cluster.api;

import dev.sluice.api.ExportMaker;
import dev.sluice.api.ExportViews;
import dev.sluice.api.data.Tickets;
import dev.sluice.cluster.ClusterMember;
import dev.sluice.cluster.KubernetesProperties;
import dev.sluice.cluster.SharedExports;
import dev.sluice.cluster.view.ResourceViews;
import dev.sluice.export.ExportRegistry;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.servlet.HandlerExceptionResolver;
import tools.jackson.databind.json.JsonMapper;

/** Registers the routing filter in front of the REST API. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("sluice.kubernetes.enabled")
class ExportRouterConfiguration {

  /** After the security filters, which have -100. */
  private static final int ORDER = 0;

  @Bean
  PodClient podClient(KubernetesProperties properties, SslBundles bundles) {
    return new PodClient(properties, bundles);
  }

  /** Classes of the Kubernetes client are loaded by the first request that needs them. */
  @Bean
  FilterRegistrationBean<ExportRouterFilter> oneApi(
      ObjectProvider<ClusterMember> member,
      ObjectProvider<ExportRegistry> registry,
      ObjectProvider<ExportMaker> maker,
      ObjectProvider<ExportViews> views,
      KubernetesProperties properties,
      PodClient client,
      ResourceViews resources,
      JsonMapper json,
      @Qualifier("handlerExceptionResolver") ObjectProvider<HandlerExceptionResolver> resolver) {
    SingletonSupplier<ExportRouter> api =
        SingletonSupplier.of(
            () ->
                api(
                    member.getObject(),
                    registry.getObject(),
                    maker.getObject(),
                    views.getObject(),
                    properties,
                    client,
                    resources,
                    json));
    FilterRegistrationBean<ExportRouterFilter> filter =
        new FilterRegistrationBean<>(
            new ExportRouterFilter(api::obtain, SingletonSupplier.of(resolver::getObject)::obtain));
    filter.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
    filter.addUrlPatterns("/exports", "/exports/*");
    filter.setOrder(ORDER);
    return filter;
  }

  private static ExportRouter api(
      ClusterMember member,
      ExportRegistry registry,
      ExportMaker maker,
      ExportViews views,
      KubernetesProperties properties,
      PodClient client,
      ResourceViews resources,
      JsonMapper json) {
    ExportLocator locator =
        new ExportLocator(member, registry, Objects.requireNonNull(properties.apiUrl()));
    Supplier<SharedExports> all = locator::shared;
    Forwarder forwarder = new Forwarder(client::get, properties, locator::isOver);
    JsonReplies replies = new JsonReplies(resources, json);
    CreatedExportViews made =
        new CreatedExportViews(locator, registry, views, forwarder, replies, resources, json);
    return new ExportRouter(
        locator,
        forwarder,
        new ExportCreator(all, new ReadinessWait(all, properties), maker, made, resources, json),
        new ExportEditor(all, registry, views, replies, json),
        replies,
        views,
        properties);
  }

  /** Lets every pod check the tickets of all exports. */
  @Bean
  Tickets.Elsewhere ticketsElsewhere(ObjectProvider<ClusterMember> member) {
    return name -> SharedTickets.hash(member.getObject(), name);
  }
}
