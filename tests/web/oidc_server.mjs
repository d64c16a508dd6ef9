// The real oauth2-mock-server on a port of its own: prints its issuer, then takes one JSON line for each answer to be bent.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const found = createRequire(`${process.argv[2]}/`).resolve("oauth2-mock-server");
const { OAuth2Server } = await import(pathToFileURL(found));
const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");
await server.start(0, "127.0.0.1");

let bent = {};
server.service.on("beforeTokenSigning", (token) => Object.assign(token.payload, bent.payload ?? {}));
server.service.on("beforeResponse", (response) => {
  if (bent.refuse) Object.assign(response, { statusCode: 400, body: { error: "invalid_grant" } });
  if (bent.forged) response.body.id_token = response.body.id_token.slice(0, -12) + "AAAAAAAAAAAA";
  if (bent.unsigned) {
    const payload = response.body.id_token.split(".")[1];
    response.body.id_token = Buffer.from('{"alg":"none"}').toString("base64url") + "." + payload + ".";
  }
});
createInterface({ input: process.stdin }).on("line", (line) => {
  bent = JSON.parse(line);
  console.log("bent");
}).on("close", () => process.exit(0));
console.log(server.issuer.url);
