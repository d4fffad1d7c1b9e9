package dev.manciple.bigtable;

import com.google.cloud.bigtable.data.v2.models.RowMutation;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.protobuf.ByteString;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import dev.manciple.wire.EntityKeyCodec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

class BigtableOnlineStoreTest extends OnlineStoreContract {
    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        return new Fixture(new TestBigtable());
    }

    private record Fixture(TestBigtable instance) implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            return instance.store(context, Map.of());
        }

        @Override
        public Set<OnlineCapability> expectedCapabilities() {
            return Set.of(OnlineCapability.NEWEST_WINS, OnlineCapability.DELETE_ROWS);
        }

        @Override
        public boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
            ByteString column = ByteString.copyFromUtf8(feature.name());
            instance.data()
                    .mutateRow(RowMutation.create(
                                    TableId.of(TableName.of(project, view)),
                                    Rows.key(EntityKeyCodec.of(view.entityColumns()), view, key))
                            .deleteCells(Rows.FAMILY, column)
                            .setCell(Rows.FAMILY, column, ByteString.copyFrom(new byte[] {-1, -1, -1})));
            return true;
        }

        @Override
        public void close() {
            instance.close();
        }
    }
}
