"use strict";
(() => {
  const cells = [...document.querySelectorAll(".days [data-day]")];
  const source = document.getElementById("data");
  const data = source ? JSON.parse(source.textContent) : null;
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const state = {period: "", by: "", unit: "xp", day: "", sort: "xp", down: true};

  const number = value => value.toLocaleString("en-US");
  const sum = values => values.reduce((all, value) => all + value, 0);
  // As text.py has them, and as the table without the script is written.
  const percent = (part, whole) => {
    if (part <= 0 || whole <= 0) return "·";
    if (part < whole && part * 200 > whole * 199) return ">99%";
    return part * 200 < whole ? "<1%" : `${Math.floor((part * 200 + whole) / (2 * whole))}%`;
  };
  const short = value => {
    if (value < 1000) return value ? String(value) : "·";
    for (const unit of "kMGT") {
      if (value < 9950) return (Math.floor((value + 50) / 100) / 10).toFixed(1) + unit;
      if (value < 999500) return Math.floor((value + 500) / 1000) + unit;
      value = Math.floor(value / 1000);
    }
    return `${number(value)}P`;
  };
  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const dated = iso => {
    const [year, month, day] = iso.split("-").map(Number);
    const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
    return {weekday, month: `${months[month - 1]} ${year}`, text: `${weekdays[weekday]} ${day} ${months[month - 1]} ${year}`};
  };
  const pairs = list => list.filter((_, at) => at % 2 === 0).map((key, at) => [key, list[2 * at + 1]]);

  // The map: each day can be pointed at, tapped, and reached with the arrow keys.
  const output = document.querySelector(".key output");
  const usual = output ? output.textContent : "";

  const sentence = cell => {
    const iso = cell.dataset.day;
    const xp = cell.title.slice(cell.title.indexOf(":") + 2);
    const languages = data && data.days[iso] || [];
    if (!languages.length) return `${dated(iso).text}: ${xp}`;
    const hours = languages.flatMap(one => pairs(one[1]).map(([hour]) => hour));
    const all = sum(languages.flatMap(one => pairs(one[1]).map(([, value]) => value)));
    const first = sum(pairs(languages[0][1]).map(([, value]) => value));
    const share = `${data.names[languages[0][0]]} ${percent(first, all)}`;
    return `${dated(iso).text}: ${xp} · ${share} · ${Math.min(...hours)}–${Math.max(...hours) + 1} h`;
  };
  const say = cell => { output.textContent = cell ? sentence(cell) : state.day ? sentence(chosen()) : usual; };
  const chosen = () => cells.find(cell => cell.dataset.day === state.day);
  const reach = cell => {
    for (const other of cells) other.tabIndex = other === cell ? 0 : -1;
  };
  const choose = iso => {
    state.day = state.day === iso ? "" : iso;
    for (const cell of cells) cell.setAttribute("aria-pressed", String(cell.dataset.day === state.day));
    say(chosen());
    draw();
  };
  const steps = {ArrowLeft: -7, ArrowRight: 7, ArrowUp: -1, ArrowDown: 1, Home: -1e6, End: 1e6};
  const press = event => {
    const at = cells.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in steps) {
      const to = cells[Math.min(Math.max(at + steps[event.key], 0), cells.length - 1)];
      reach(to);
      to.focus();
    } else if (data && (event.key === "Enter" || event.key === " ")) {
      choose(event.target.dataset.day);
    } else if (data && event.key === "Escape" && state.day) {
      choose(state.day);
    } else {
      return;
    }
    event.preventDefault();
  };
  for (const cell of cells) {
    cell.setAttribute("role", data ? "button" : "img");
    cell.setAttribute("aria-label", sentence(cell));
    if (data) cell.setAttribute("aria-pressed", "false");
  }
  if (cells.length) {
    reach(cells[cells.length - 1]);
    output.setAttribute("aria-live", "polite");
    const map = document.querySelector(".days");
    map.addEventListener("keydown", press);
    map.addEventListener("focusin", event => say(event.target));
    map.addEventListener("focusout", () => say(null));
    map.addEventListener("pointerover", event => say(event.target.dataset.day ? event.target : null));
    map.addEventListener("pointerleave", () => say(null));
    map.addEventListener("click", event => {
      if (!event.target.dataset.day) return;
      reach(event.target);
      if (data) choose(event.target.dataset.day);
      else say(event.target);
    });
  }
  if (!data) return;

  // The table.
  const section = document.getElementById("breakdown");
  const scroll = section.querySelector(".scroll");
  const of = document.getElementById("of");

  const ofDay = () => {
    const {weekday, month} = dated(state.day);
    const lines = (data.days[state.day] || []).map(([name, hours, ...named]) => {
      const line = [name];
      if (data.columns[state.by]) {
        line.push(...data.columns[state.by].map(() => 0));
        for (const [at, xp] of pairs(named[Object.keys(data.columns).indexOf(state.by)])) line[at + 1] += xp;
      } else if (state.by === "hour") {
        line.push(...Array(8).fill(0));
        for (const [hour, xp] of pairs(hours)) line[Math.floor(hour / 3) + 1] += xp;
      } else {
        const xp = sum(pairs(hours).map(([, value]) => value));
        line.push(...(state.by === "weekday" ? weekdays.map((_, day) => day === weekday ? xp : 0) : [xp]));
      }
      return line;
    });
    const ofPeriod = data.periods[data.periods.length - 1].tables;
    const columns = {...data.columns, weekday: weekdays, hour: ofPeriod.hour[0], month: [month]};
    return [columns[state.by], lines];
  };
  const table = () => state.day ? ofDay() : data.periods.find(one => one.key === state.period).tables[state.by];

  // As heat.py has it: quartiles of what is above 0.
  const heat = values => {
    const ranked = values.filter(value => value > 0).sort((a, b) => a - b);
    if (!ranked.length) return () => 0;
    const limits = [1, ...[1, 2, 3].map(part => ranked[Math.floor(ranked.length * part / 4)])];
    return value => value <= 0 ? 0 : Math.max(limits.filter(limit => value >= limit).length, 1);
  };
  const rank = line => {
    const values = line.slice(1), total = sum(values);
    if (state.sort === "name") return data.names[line[0]].toLowerCase();
    if (state.sort === "xp") return total;
    const value = values[state.sort] || 0;
    return state.unit === "share" ? value / Math.max(total, 1) : value;
  };
  const sorted = lines => [...lines].sort((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    return (one < other ? -1 : one > other ? 1 : 0) * (state.down ? -1 : 1);
  });
  const dot = name => {
    const space = "http://www.w3.org/2000/svg";
    const [picture, circle] = [document.createElementNS(space, "svg"), document.createElementNS(space, "circle")];
    for (const [key, value] of [["class", "dot"], ["viewBox", "0 0 8 8"], ["aria-hidden", "true"]]) picture.setAttribute(key, value);
    for (const [key, value] of [["cx", 4], ["cy", 4], ["r", 4], ["fill", data.colours[name]]]) circle.setAttribute(key, value);
    picture.append(circle);
    return picture;
  };
  const head = (title, key) => {
    const cell = make("th", undefined, {scope: "col"});
    const button = make("button", title, {type: "button", "data-sort": key});
    if (state.sort === key) cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
    cell.append(button);
    return cell;
  };
  const draw = () => {
    const focused = document.activeElement && document.activeElement.dataset.sort;
    const [columns, lines] = table();
    if (typeof state.sort === "number" && state.sort >= columns.length) [state.sort, state.down] = ["xp", true];
    const shown = (value, total) => state.unit === "share" ? percent(value, total) : short(value);
    const graded = (value, total) => state.unit === "share" ? Math.ceil(10000 * value / Math.max(total, 1)) : value;
    const totals = lines.map(line => sum(line.slice(1)));
    const level = heat(lines.flatMap((line, row) => line.slice(1).map(value => graded(value, totals[row]))));
    const made = make("table"), top = make("tr"), body = make("tbody"), bottom = make("tr");
    top.append(head("Language", "name"), head("XP", "xp"), ...columns.map((title, at) => head(title, at)));
    for (const line of sorted(lines)) {
      const values = line.slice(1), total = sum(values), row = make("tr"), name = make("th", undefined, {scope: "row"});
      name.append(dot(line[0]), make("bdi", data.names[line[0]]));
      row.append(name, make("td", number(total)));
      for (const value of values) row.append(make("td", shown(value, total), {class: `h${level(graded(value, total))}`}));
      body.append(row);
    }
    const all = sum(totals);
    bottom.append(make("th", "Total", {scope: "row"}), make("td", number(all)));
    columns.forEach((_, at) => bottom.append(make("td", shown(sum(lines.map(line => line[at + 1])), all))));
    const [thead, tfoot] = [make("thead"), make("tfoot")];
    thead.append(top);
    tfoot.append(bottom);
    made.append(thead, body, tfoot);
    scroll.replaceChildren(made);
    if (focused) scroll.querySelector(`[data-sort="${CSS.escape(focused)}"]`)?.focus();
    const period = data.periods.find(one => one.key === state.period);
    of.replaceChildren(make("b", state.day ? dated(state.day).text : period.label), ` ${data.note} `);
    if (state.day) of.append(make("button", `show ${period.label} again`, {type: "button", id: "all-days"}));
  };

  section.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "all-days") {
      const day = chosen();
      choose(state.day);
      day.focus();
    } else if (button.dataset.sort !== undefined) {
      const key = /^\d+$/.test(button.dataset.sort) ? Number(button.dataset.sort) : button.dataset.sort;
      [state.down, state.sort] = [state.sort === key ? !state.down : key !== "name", key];
      draw();
    } else {
      for (const name of ["period", "by", "unit"]) {
        if (!(name in button.dataset)) continue;
        state[name] = button.dataset[name];
        if (name === "by" && typeof state.sort === "number") [state.sort, state.down] = ["xp", true];
        if (name === "period" && state.day) choose(state.day);
        for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
        draw();
      }
    }
  });
  for (const button of section.querySelectorAll(".tools [aria-pressed=true]")) Object.assign(state, button.dataset);
  section.querySelector(".tools").hidden = false;
  draw();
})();
