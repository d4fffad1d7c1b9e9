package dev.manciple.wire;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.spi.Value;
import dev.manciple.wire.proto.DataSourceProto;

/** One data source as the JSON of Feast's message, in which clients of an offline server send it (Feast: online serving, 7.3). */
public final class DataSourceJson {
    private DataSourceJson() {}

    /** @throws InvalidRequestException if the text is no data source, or one of a kind the model lacks */
    public static DataSource read(String json) {
        DataSourceProto.DataSource.Builder message = DataSourceProto.DataSource.newBuilder();
        try {
            if (!JsonParser.parseString(json).isJsonObject()) {
                throw new NotModelledException("it is no JSON object");
            }
            JsonFormat.parser().ignoringUnknownFields().merge(json, message);
            return DataSourceCodec.decode(message.build());
        } catch (JsonParseException e) {
            // The parser tells of its own classes and streams.
            throw new InvalidRequestException(
                    "This is no data source but text that is no JSON: " + ArrowValues.show(new Value.Text(json)), e);
        } catch (InvalidProtocolBufferException | NotModelledException e) {
            throw new InvalidRequestException("This is no data source Manciple knows: " + e.getMessage(), e);
        }
    }

    public static String write(DataSource source) {
        try {
            return JsonFormat.printer()
                    .print(DataSourceCodec.encode(source, DataSourceProto.DataSource.getDefaultInstance()));
        } catch (InvalidProtocolBufferException e) {
            throw new InternalException("Data source '%s' has no JSON".formatted(source.name()), e);
        }
    }
}
