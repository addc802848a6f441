// The room of the measurement, with node's socket.io.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"] });
io.on("connection", (socket) => {
  socket.on("join", (joined) => {
    socket.join("room");
    joined();
  });
  socket.on("publish", (event) => io.to("room").emit("event", event));
});
http.listen(0, "127.0.0.1", () => console.log(`127.0.0.1:${http.address().port}`));
