/** What of a picture is seen: its scale, and how far it is moved; pixels of the screen. */
export interface View {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** Scales within which a picture is looked at. */
const [smallest, largest] = [0.02, 3];

/** Nearer or farther by a factor; the point at `x`, `y` of the screen stays where it is. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(largest, Math.max(smallest, view.scale * factor));
  const by = scale / view.scale;
  return { scale, left: x - (x - view.left) * by, top: y - (y - view.top) * by };
}

/** All of a picture in a frame, no larger than it is. */
export function fitting(
  picture: { readonly width: number; readonly height: number },
  frame: { readonly width: number; readonly height: number },
): View {
  const room = Math.min(frame.width / Math.max(1, picture.width), frame.height / Math.max(1, picture.height));
  const scale = Math.min(1, Math.max(smallest, room));
  return {
    scale,
    left: (frame.width - picture.width * scale) / 2,
    top: (frame.height - picture.height * scale) / 2,
  };
}

/** A place of the picture in the middle of a frame, at a scale at which it can be read. */
export function centred(
  x: number,
  y: number,
  frame: { readonly width: number; readonly height: number },
  view: View,
): View {
  const scale = Math.max(view.scale, 0.8);
  return { scale, left: frame.width / 2 - x * scale, top: frame.height / 2 - y * scale };
}
