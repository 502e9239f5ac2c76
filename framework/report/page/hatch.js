'use strict';
// Hatches: what tells classes of spans apart where colours do not (print, colour blindness). One per class, in its order.
Report.hatch = (context, index, color) => {
  const size = 8;
  const tile = document.createElement('canvas');
  tile.width = tile.height = size;
  const pen = tile.getContext('2d');
  pen.strokeStyle = pen.fillStyle = color;
  pen.lineWidth = 1.2;
  const line = (...points) => {
    pen.beginPath();
    for (let i = 0; i < points.length; i += 4) {
      pen.moveTo(points[i], points[i + 1]);
      pen.lineTo(points[i + 2], points[i + 3]);
    }
    pen.stroke();
  };
  const rising = [-1, size + 1, size + 1, -1, -1, 1, 1, -1, size - 1, size + 1, size + 1, size - 1];
  const falling = rising.map((value, i) => (i % 2 === 0 ? size - value : value));
  [() => line(...rising), () => line(...falling), () => line(size / 2, 0, size / 2, size), () => line(0, size / 2, size, size / 2),
    () => pen.fillRect(size / 2 - 1, size / 2 - 1, 2.4, 2.4), () => line(...rising, ...falling)][index % 6]();
  return context.createPattern(tile, 'repeat');
};
