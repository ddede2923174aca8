/** A grey head and shoulders on a lighter ground, 160 by 160 pixels, as PNG. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAKAAAACgAgMAAAD2oY++AAAADFBMVEXk5+zW2uHHzde4wMw8M94lAAABoElEQVR42u3WO26EMBCA' +
  '4X0ooqDYKkqRgiNwhOwRUkTKMfYI7M3YI1AkPUUOsAUFSAFH2YTggD3zC60UpHjqTxiPxzNerUKECBEixPLjNu+eiLsxxphHALNP' +
  '2OouMpcoVHj4go3m1uY79gqMe1gqMO1hrcC8h53sNuYnjiQ5eoKSAVZsL9pusgHKp2isQOeinc3WhieWHTk/GO5seGb5ljN+fZja' +
  'UDrDBxu+/xeI0/OHR4jL7PoVji8Xvq64AfCWgpsUbnu4keLWjJs9Hx94IOERh4cmH8N4sPOnAn58hAgxvQzPxrzugbvchUaX9M7c' +
  '9bfwRVl46BTy4vdD73ljH1Q+iafCwYYNHApS+4l/w5LMBLGvjFb2rx2NYUGmtTRBsjFs4S/6fjKawoL9ou8n0yms5aFlVRDci3s3' +
  'kQsWekX46yJxwUp7EkpPw9wFO7hp17Y3bnhk2XHlJ3bDkmXHlZ/UDWuWRlciMzdsxQeh9Dhc++B+Ltz64IkdzPRoMNz54HkuTHyw' +
  'mgtTH6xZTUyrAsPMB9vlwNwHO1jgkxJfMvwAPJ7SBXiY0XQAAAAASUVORK5CYII=';

/** The picture of those who have none of their own. */
export function defaultAvatar(): Uint8Array {
  return Uint8Array.from(atob(PICTURE), (character) => character.charCodeAt(0));
}
