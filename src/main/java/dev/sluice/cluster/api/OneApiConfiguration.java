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

/** Puts the filter before the REST API of a pod that shares its exports. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("sluice.kubernetes.enabled")
class OneApiConfiguration {

  /** After the filters that ask who the caller is (-100), and before those of nobody. */
  private static final int ORDER = 0;

  @Bean
  PodClient podClient(KubernetesProperties properties, SslBundles bundles) {
    return new PodClient(properties, bundles);
  }

  /** What has to do with Kubernetes is loaded by the first request that needs it. */
  @Bean
  FilterRegistrationBean<OneApiFilter> oneApi(
      ObjectProvider<ClusterMember> member,
      ObjectProvider<ExportRegistry> registry,
      ObjectProvider<ExportMaker> maker,
      ObjectProvider<ExportViews> views,
      KubernetesProperties properties,
      PodClient client,
      ResourceViews resources,
      JsonMapper json,
      @Qualifier("handlerExceptionResolver") ObjectProvider<HandlerExceptionResolver> resolver) {
    SingletonSupplier<OneApi> api =
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
    FilterRegistrationBean<OneApiFilter> filter =
        new FilterRegistrationBean<>(
            new OneApiFilter(api::obtain, SingletonSupplier.of(resolver::getObject)::obtain));
    filter.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
    filter.addUrlPatterns("/exports", "/exports/*");
    filter.setOrder(ORDER);
    return filter;
  }

  private static OneApi api(
      ClusterMember member,
      ExportRegistry registry,
      ExportMaker maker,
      ExportViews views,
      KubernetesProperties properties,
      PodClient client,
      ResourceViews resources,
      JsonMapper json) {
    Places places = new Places(member, registry);
    Supplier<SharedExports> all = places::shared;
    Forwards forwards = new Forwards(client::get, properties, places::isOver);
    Replies replies = new Replies(resources, json);
    MadeViews made = new MadeViews(places, registry, views, forwards, replies, resources, json);
    return new OneApi(
        places,
        forwards,
        new Makings(all, new Readiness(all, properties), maker, made, resources, json),
        new Edits(all, registry, views, replies, json),
        replies,
        views,
        properties);
  }

  /** Whoever has a ticket may come by any pod. */
  @Bean
  Tickets.Elsewhere ticketsElsewhere(ObjectProvider<ClusterMember> member) {
    return name -> SharedTickets.hash(member.getObject(), name);
  }
}
