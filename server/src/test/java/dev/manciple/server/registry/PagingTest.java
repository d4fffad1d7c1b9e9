package dev.manciple.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureView;
import dev.manciple.wire.proto.RegistryServerProto.AnyFeatureView;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Orders of lists of several kinds of objects. */
class PagingTest {
    private static final AnyFeatureView COMPUTED = computed();
    private static final AnyFeatureView DAILY = stored("daily", 1, "b");
    private static final AnyFeatureView MILLENNIAL = stored("millennial", 365_000, "a");
    private static final List<AnyFeatureView> ALL = List.of(MILLENNIAL, COMPUTED, DAILY);

    private static AnyFeatureView stored(String name, int days, String source) {
        FeatureView.Builder view = FeatureView.newBuilder();
        view.getSpecBuilder()
                .setName(name)
                .setTtl(Durations.fromDays(days))
                .getBatchSourceBuilder()
                .setName(source);
        return AnyFeatureView.newBuilder().setFeatureView(view).build();
    }

    private static AnyFeatureView computed() {
        OnDemandFeatureView.Builder view = OnDemandFeatureView.newBuilder();
        view.getSpecBuilder().setName("computed");
        return AnyFeatureView.newBuilder().setOnDemandFeatureView(view).build();
    }

    private static List<AnyFeatureView> sorted(String field, boolean descending) {
        return new Paging(0, 0, field, descending).of(ALL).objects();
    }

    @Test
    void sortsByLengthsOfTime() {
        assertThat(sorted("ttl", false)).containsExactly(COMPUTED, DAILY, MILLENNIAL);
        assertThat(sorted("ttl", true)).containsExactly(MILLENNIAL, DAILY, COMPUTED);
    }

    @Test
    void sortsByWhatSomeOfTheObjectsHave() {
        assertThat(sorted("batch_source.name", false)).containsExactly(COMPUTED, MILLENNIAL, DAILY);
        assertThat(sorted("name", false)).containsExactly(COMPUTED, DAILY, MILLENNIAL);
    }

    @Test
    void refusesWhatNoneOfThemHasAndWhatHasNoOrder() {
        assertThatThrownBy(() -> sorted("batch_source.colour", false))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'batch_source.colour': its objects have no such field");
        assertThatThrownBy(() -> sorted("batch_source", false))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'batch_source': it has no order");
        assertThat(new Paging(0, 0, "colour", false)
                        .of(List.<AnyFeatureView>of())
                        .objects())
                .isEmpty();
    }
}
