/** What each of the imitated sites holds, by tag. */
import { existsSync, readFileSync } from 'node:fs';
import { writePrivately } from '../../state.ts';
import { koreanDayOf } from './days.ts';
import { drawLetters, drawNamed } from './draw.ts';
import { findPieces, type Genre, type Piece } from './pieces.ts';
import * as words from './words.ts';

/** The same story stands in both news searches. */
export type Story = Piece & { publisher: { name: string; host: string }; url: string };

export type Article = Piece & {
  userId: string;
  profileId: string;
  userName: string;
  no: number;
  subtitle: string;
  /** Protocol-relative, as the site writes it; null: without a picture. */
  picture: string | null;
  keywords: string[];
};

export type Channel = { id: string; title: string };
export type Video = Piece & { id: string; channel: Channel; seconds: number };
export type BlogPost = Piece & { blog: { name: string; host: string }; url: string; picture: string };

export type Library = {
  now(): Date;
  stories(tag: string): Story[];
  articles(tag: string): Article[];
  videos(tag: string): Video[];
  blogPosts(tag: string): BlogPost[];
  /** By `@profileId` or `@@userId`. */
  findArticle(writer: string, no: number): Article | undefined;
  findVideo(id: string): Video | undefined;
  findChannel(id: string): Channel | undefined;
};

const news: Genre = {
  name: 'news',
  days: 7,
  titles: words.headlines,
  sharedTitles: words.sharedHeadlines,
  sentences: words.newsSentences,
};
const essays: Genre = {
  name: 'essay',
  days: 5,
  titles: words.essays,
  sharedTitles: words.sharedEssays,
  sentences: words.essaySentences,
};
const videos: Genre = {
  name: 'video',
  days: 5,
  titles: words.videoTitles,
  sharedTitles: words.sharedVideoTitles,
  sentences: words.videoSentences,
};
const blogs: Genre = {
  name: 'blog',
  days: 5,
  titles: words.blogTitles,
  sharedTitles: words.sharedBlogTitles,
  sentences: words.essaySentences,
};

/** Pictures lie on hosts that are nobody's (RFC 2606): whoever looks at the demo asks the real sites for nothing. */
const PICTURES = 'loopus-demo.example.com';

const channels: Channel[] = words.channels.map((title) => ({
  id: `UC${drawLetters(drawNamed('channel', title), 22)}`,
  title,
}));

/**
 * Tags that were asked for are kept in the file `keptIn`: an article whose address was given before a restart is still
 * there after it.
 */
export function createLibrary(options: { now(): Date; keptIn?: string | undefined }): Library {
  const { now, keptIn } = options;
  const tags = new Set(
    keptIn && existsSync(keptIn) ? (JSON.parse(readFileSync(keptIn, 'utf8')) as string[]) : [],
  );
  const articles = new Map<string, Article>();
  const shownVideos = new Map<string, Video>();
  let indexedDay = 0;

  function open(tag: string): number {
    if (!tags.has(tag)) {
      tags.add(tag);
      if (keptIn) writePrivately(keptIn, JSON.stringify([...tags]));
    }
    return koreanDayOf(now());
  }

  function listArticles(tag: string): Article[] {
    const found = findPieces(essays, tag, open(tag)).map((piece) => toArticle(piece, tag));
    for (const article of found) {
      articles.set(`@${article.profileId}/${article.no}`, article);
      articles.set(`@@${article.userId}/${article.no}`, article);
    }
    return found;
  }

  function listVideos(tag: string): Video[] {
    const found = findPieces(videos, tag, open(tag)).map(toVideo);
    for (const video of found) shownVideos.set(video.id, video);
    return found;
  }

  /** Everything that the known tags find today has an address, whether this process has told it or not. */
  function indexToday(): void {
    const today = koreanDayOf(now());
    if (indexedDay === today) return;
    indexedDay = today;
    for (const tag of tags) {
      listArticles(tag);
      listVideos(tag);
    }
  }

  return {
    now,
    stories: (tag) => findPieces(news, tag, open(tag)).map(toStory),
    articles: listArticles,
    videos: listVideos,
    blogPosts: (tag) => findPieces(blogs, tag, open(tag)).map(toBlogPost),
    findArticle(writer, no) {
      indexToday();
      return articles.get(`${writer}/${no}`);
    },
    findVideo(id) {
      indexToday();
      return shownVideos.get(id);
    },
    findChannel: (id) => channels.find((channel) => channel.id === id),
  };
}

function toStory(piece: Piece): Story {
  const publisher = piece.draw('publisher').pick(words.publishers);
  const number = piece.draw('number').between(100_000, 999_999);
  return { ...piece, publisher, url: `https://${publisher.host}/news/articleView.html?idxno=${number}` };
}

function toArticle(piece: Piece, tag: string): Article {
  const draw = piece.draw('writer');
  const userId = drawLetters(draw, 6).replaceAll(/[-_]/g, 'k');
  const name = drawLetters(draw, 12).replaceAll(/[-_]/g, '0');
  return {
    ...piece,
    userId,
    profileId: `lu${userId.toLowerCase()}`,
    userName: draw.pick(words.writers),
    no: draw.between(1, 400),
    subtitle: draw.pick(words.essaySubtitles),
    picture: draw.chance(0.85)
      ? `//img1.${PICTURES}/thumb/R1280x0.fwebp/?fname=${encodeURIComponent(`http://t1.${PICTURES}/brunch/service/user/${userId}/image/${name}.jpg`)}`
      : null,
    keywords: [tag, '대학생', '기록'],
  };
}

function toVideo(piece: Piece): Video {
  const draw = piece.draw('video');
  return {
    ...piece,
    id: `LU${drawLetters(draw, 9)}`,
    channel: draw.pick(channels),
    seconds: draw.between(45, 2700),
  };
}

function toBlogPost(piece: Piece): BlogPost {
  const draw = piece.draw('blog');
  const blog = draw.pick(words.blogs);
  const no = draw.between(1000, 9_999_999);
  return {
    ...piece,
    blog,
    url: `https://${blog.host}/${no}`,
    picture: draw.chance(0.8)
      ? `https://search1.${PICTURES}/argon/130x130_85_c/${drawLetters(draw, 11)}`
      : '',
  };
}

/** Of a picture of a video, as `i.ytimg.com` names them: `default`, `mqdefault`, `hqdefault` … */
export function videoPicture(id: string, size: string): string {
  return `https://i.ytimg.${PICTURES}/vi/${id}/${size}.jpg`;
}

export function channelPicture(id: string, pixels: number): string {
  return `https://yt3.${PICTURES}/${id}=s${pixels}-c-k-c0x00ffffff-no-rj`;
}
