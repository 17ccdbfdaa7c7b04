package dev.sluice.cluster.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a listener is told of the resources that are known. */
class ResourceCacheTest {

  private static final String NAMESPACE = "streams";

  private final Map<String, StreamExport> there = new TreeMap<>();
  private final List<String> told = new ArrayList<>();
  private final ResourceCache known =
      new ResourceCache(
          (name, now) ->
              told.add(name + (now == null ? " is gone" : now.own() ? " is own" : " is there")),
          owner -> owner != null && owner.pod().equals("sluice-0"),
          NAMESPACE);

  private final IndexerResourceCache<StreamExport> cache =
      new IndexerResourceCache<>() {
        @Override
        public List<StreamExport> byIndex(String indexName, String indexKey) {
          return List.of();
        }

        @Override
        public void addIndexers(Map<String, Function<StreamExport, List<String>>> indexers) {
          throw new UnsupportedOperationException();
        }

        @Override
        public Optional<StreamExport> get(ResourceID id) {
          return Optional.ofNullable(there.get(id.getName()))
              .filter(_ -> id.getNamespace().filter(NAMESPACE::equals).isPresent());
        }

        @Override
        public Stream<ResourceID> keys() {
          return there.keySet().stream().map(name -> new ResourceID(name, NAMESPACE));
        }

        @Override
        public Stream<StreamExport> list(Predicate<StreamExport> wanted) {
          return there.values().stream().filter(wanted);
        }

        @Override
        public Stream<StreamExport> list(String namespace, Predicate<StreamExport> wanted) {
          return list(wanted);
        }
      };

  private void add(String name, String pod) {
    StreamExport resource = new StreamExport();
    resource.setMetadata(
        new ObjectMetaBuilder().withNamespace(NAMESPACE).withName(name).withUid(name).build());
    resource.setStatus(
        StreamExportStatus.ownedBy(new Owner(pod, null, "1"), StreamExportStatus.NONE));
    there.put(name, resource);
  }

  @Test
  void nothingIsKnownBeforeAnythingWasRead() {
    known.changed("save");

    assertThat(told).isEmpty();
    assertThat(known.all()).isEmpty();
    assertThat(known.find("save")).isEmpty();
  }

  @Test
  void whatChangesIsToldAsItIsThen() {
    known.areIn(cache);
    add("save", "sluice-0");
    known.changed("save");
    add("save", "sluice-1");
    known.changed("save");
    there.remove("save");
    known.changed("save");

    assertThat(told).containsExactly("save is own", "save is there", "save is gone");
  }

  @Test
  void whatWentWhileNobodyWatchedIsToldOnceAllAreKnown() {
    known.areIn(cache);
    add("gone", "sluice-0");
    add("stays", "sluice-1");
    known.areAllThere();
    told.clear();
    there.remove("gone");
    add("new", "sluice-0");

    known.areAllThere();

    assertThat(told).containsExactlyInAnyOrder("gone is gone", "stays is there", "new is own");
    told.clear();
    known.areAllThere();
    assertThat(told).as("what is gone is told once").doesNotContain("gone is gone");
    assertThat(known.find("new")).isPresent();
    assertThat(known.all()).hasSize(2);
  }
}
